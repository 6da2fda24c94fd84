/** Both halves of the mailbox around one store of messages. It lives in the launcher's own process: one less. */
import { type Message, parseMessage } from './message.ts'
import { createMessages } from './messages.ts'
import { startSmtp } from './smtp.ts'
import { startWeb } from './web.ts'

export interface Mailbox {
  /** `http://localhost:<port>`: the page, and `/api/messages` below it. */
  readonly url: string
  /** `smtp://127.0.0.1:<port>` */
  readonly smtpUrl: string
  readonly list: () => readonly Message[]
  readonly close: () => Promise<void>
}

export interface MailboxInit {
  readonly webPort: number
  readonly smtpPort: number
}

export const startMailbox = async ({ webPort, smtpPort }: MailboxInit): Promise<Mailbox> => {
  const messages = createMessages()
  const smtp = await startSmtp({
    port: smtpPort,
    receive: async mail => messages.add(await parseMessage(mail)),
  })
  const web = await startWeb(webPort, messages)
  return {
    url: `http://localhost:${webPort}`,
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    list: messages.list,
    close: async () => {
      await Promise.all([smtp.close(), web.close()])
    },
  }
}
