/** What the service does of its own accord, beside keeping its keys. */
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { startSchedule } from '@latchkey/runtime/schedule'
import type { UseCases } from './compose-usecases.ts'

const cleanUpEveryMs = 60_000

export interface SchedulesInit {
  readonly useCases: Pick<UseCases, 'removeExpiredTokens'>
  readonly logger: Logger
  readonly closing: Closing
}

export const composeSchedules = ({ useCases, logger, closing }: SchedulesInit): void => {
  const cleanUp = startSchedule({
    name: 'clean up',
    everyMs: cleanUpEveryMs,
    task: useCases.removeExpiredTokens,
    logger,
    staggered: true,
  })
  closing.add('clean up', cleanUp.close)
}
