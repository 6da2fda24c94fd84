/** What the service does of its own accord. */
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import { startSchedule } from '@latchkey/runtime/schedule'
import type { Passwords } from './compose-passwords.ts'
import type { Stores } from './compose-stores.ts'
import type { UseCases } from './compose-usecases.ts'
import type { IdentitySettings } from './config.ts'

export interface SchedulesInit {
  readonly settings: IdentitySettings
  readonly useCases: Pick<UseCases, 'cleanUp'>
  readonly stores: Pick<Stores, 'importedHashes'>
  readonly passwords: Pick<Passwords, 'standIns'>
  readonly logger: Logger
  readonly closing: Closing
}

// What is counted changes with every sign-in of somebody who was imported, and matters only on the whole.
const countHashesMs = 600_000

export const composeSchedules = (init: SchedulesInit): void => {
  const { settings, useCases, stores, passwords, logger, closing } = init
  const cleanUp = startSchedule({
    name: 'clean up',
    everyMs: settings.IDENTITY_CLEANUP_SECONDS * 1_000,
    task: useCases.cleanUp,
    logger,
    staggered: true,
  })
  closing.add('clean up', cleanUp.close)
  const countHashes = startSchedule({
    name: 'count imported hashes',
    everyMs: countHashesMs,
    task: async () => passwords.standIns.update(await stores.importedHashes.countShares()),
    logger,
  })
  closing.add('count imported hashes', countHashes.close)
}
