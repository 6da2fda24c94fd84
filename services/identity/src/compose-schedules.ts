/** What the service does of its own accord. */
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { startSchedule } from '@latchkey/runtime/schedule'
import type { UseCases } from './compose-usecases.ts'
import type { IdentitySettings } from './config.ts'

export interface SchedulesInit {
  readonly settings: IdentitySettings
  readonly useCases: Pick<UseCases, 'cleanUp'>
  readonly logger: Logger
  readonly closing: Closing
}

export const composeSchedules = ({ settings, useCases, logger, closing }: SchedulesInit): void => {
  const cleanUp = startSchedule({
    name: 'clean up',
    everyMs: settings.IDENTITY_CLEANUP_SECONDS * 1_000,
    task: useCases.cleanUp,
    logger,
    staggered: true,
  })
  closing.add('clean up', cleanUp.close)
}
