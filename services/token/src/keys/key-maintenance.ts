/**
 * Keeps a replica's keys current: reads them every few seconds (the truth) and whenever told (for speed), makes the very
 * first ones, and the next one of each algorithm when it is due. Any replica may do so; the store lets one.
 */
import type { Logger } from '@latchkey/runtime/logger'
import { isRotationDue, type RotationPolicy } from '../domain/key-schedule.ts'
import { KeyEncryptionError } from '../store/sealed-private-key.ts'
import type { SigningKeys } from '../store/signing-keys.ts'
import type { BeginSigningKeys } from '../usecases/begin-signing-keys.ts'
import type { RotateSigningKey } from '../usecases/rotate-signing-key.ts'
import type { Keyring } from './keyring.ts'
import { type SigningAlgorithm, signingAlgorithms } from './signing-algorithm.ts'

export interface KeyMaintenanceDeps {
  readonly keyring: Keyring
  readonly keys: Pick<SigningKeys, 'removeDeleted'>
  readonly begin: BeginSigningKeys
  readonly rotate: RotateSigningKey
  readonly policy: RotationPolicy
  readonly pollMs: number
  readonly logger: Logger
}

export const createKeyMaintenance = (deps: KeyMaintenanceDeps) => {
  const { keyring, logger } = deps
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let closed = false
  let loaded = false
  let failing = false

  const isDue = (algorithm: SigningAlgorithm) => {
    const newest = keyring.findNewest(algorithm)
    return newest === undefined || isRotationDue(newest, keyring.databaseNow(), deps.policy)
  }

  const maintain = async () => {
    await keyring.reload()
    if (keyring.newestGeneration() === 0) {
      if (await deps.begin()) logger.info('the first signing keys were made')
      await keyring.reload()
    }
    for (const algorithm of signingAlgorithms.filter(isDue)) {
      // Looked at again: another replica may have been faster, and then it was perhaps another algorithm's key.
      while (isDue(algorithm)) {
        if (await deps.rotate(algorithm, keyring.newestGeneration()))
          logger.info({ algorithm }, 'a signing key was added')
        await keyring.reload()
      }
    }
    loaded = true
    if ((await deps.keys.removeDeleted()) > 0) logger.info('retired signing keys were removed')
  }

  const attempt = () => {
    running = running.then(maintain).then(
      () => {
        if (failing) logger.info('the signing keys can be read again')
        failing = false
      },
      (error: unknown) => {
        // One line for an outage, not one for each poll.
        if (!failing)
          logger.error({ error }, 'the signing keys could not be read; those in memory stay in use')
        failing = true
      },
    )
    return running
  }

  const schedule = () => {
    if (closed) return
    timer = setTimeout(
      () => void attempt().finally(schedule),
      loaded ? deps.pollMs : Math.min(deps.pollMs, 1000),
    )
    timer.unref()
  }

  return {
    /**
     * Resolves once the keys are there, or could not be read yet because the database is away (the next poll tries
     * again). @throws KeyEncryptionError where the configured keys don't open them
     */
    start: async (): Promise<void> => {
      await maintain().catch((error: unknown) => {
        if (error instanceof KeyEncryptionError) throw error
        logger.warn({ error }, 'the signing keys could not be read yet')
      })
      schedule()
    },
    /** Reads the keys now: another replica said that they changed. */
    refresh: (): Promise<void> => attempt(),
    close: async (): Promise<void> => {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}
