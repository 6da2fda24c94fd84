/** The latest mails, newest first, in bounded memory: old ones make room. */
import type { Message } from './message.ts'

export interface MessagesLimits {
  readonly maxMessages: number
  /** Characters of all bodies together. */
  readonly maxChars: number
}

const defaultLimits: MessagesLimits = { maxMessages: 1_000, maxChars: 16 * 1024 * 1024 }

const sizeOf = ({ subject, text, html }: Message): number => subject.length + text.length + html.length

export const createMessages = ({ maxMessages, maxChars }: MessagesLimits = defaultLimits) => {
  let messages: Message[] = []
  let chars = 0

  const dropOldest = (): void => {
    const oldest = messages.pop()
    if (oldest !== undefined) chars -= sizeOf(oldest)
  }

  return {
    add: (message: Message): void => {
      messages.unshift(message)
      chars += sizeOf(message)
      while (messages.length > maxMessages || (chars > maxChars && messages.length > 1)) dropOldest()
    },
    list: (): readonly Message[] => messages,
    find: (id: string): Message | undefined => messages.find(message => message.id === id),
    clear: (): void => {
      messages = []
      chars = 0
    },
  }
}

export type Messages = ReturnType<typeof createMessages>
