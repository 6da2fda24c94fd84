/** The frame of every composition: whatever was opened is closed again, at the end or when the start fails. */
import type { Logger } from '../logger/index.ts'
import { type Closing, createClosing } from './closing.ts'
import type { RunningService } from './run-service.ts'

/**
 * Opens the parts of a process and remembers in `closing` how to close them.
 * @returns what `open` gives, and how to close it
 * @throws what `open` threw, after everything that was open is closed
 */
export const openService = async <Parts extends object>(
  logger: Logger,
  open: (closing: Closing) => Promise<Parts>,
): Promise<Parts & RunningService> => {
  const closing = createClosing(logger)
  try {
    return { ...(await open(closing)), close: closing.close }
  } catch (error) {
    await closing.close()
    throw error
  }
}
