/**
 * Closes what a process has opened, last opened first: servers before the pools that their requests use. One
 * part that fails to close does not keep the others open.
 */
import type { Logger } from '../logger/index.ts'

export interface Closing {
  /** Remembers how to close `name`; call it right after opening. */
  add(name: string, close: () => unknown): void
  /** Closes everything once; later calls wait for the first. Never rejects. */
  close(): Promise<void>
}

export const createClosing = (logger: Logger): Closing => {
  const parts: { readonly name: string; readonly close: () => unknown }[] = []
  let closed: Promise<void> | undefined

  const closeAll = async (): Promise<void> => {
    for (const part of parts.reverse()) {
      try {
        await part.close()
      } catch (error) {
        logger.error({ part: part.name, error }, 'closing failed')
      }
    }
  }

  return {
    add: (name, close) => {
      parts.push({ name, close })
    },
    close: () => {
      closed ??= closeAll()
      return closed
    },
  }
}
