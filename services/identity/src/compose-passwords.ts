/** What passwords must be, and what hashes them: the policy, and threads that are watched. */
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Metrics } from '@latchkey/runtime/metrics'
import type { IdentitySettings } from './config.ts'
import { parseCommonPasswords } from './domain/common-passwords.ts'
import { createPasswordPolicy } from './domain/password-policy.ts'
import { owaspParameters } from './hashing/argon2-parameters.ts'
import { createArgon2Pool } from './hashing/argon2-pool.ts'
import { createPasswordHasher } from './hashing/password-hasher.ts'
import { createStandIns, type StandIns } from './hashing/stand-ins.ts'

export interface PasswordsInit {
  readonly settings: IdentitySettings
  readonly metrics: Metrics
  readonly closing: Closing
}

/** One core is left to all that is not a hash. Knows about the CPU limit of a container, too. */
const sparedParallelism = (): number => Math.max(1, availableParallelism() - 1)

const composeHasher = ({ settings, metrics, closing }: PasswordsInit, standIns: StandIns) => {
  const pool = createArgon2Pool({
    concurrency: settings.ARGON2_CONCURRENCY || sparedParallelism(),
    queueLimit: settings.ARGON2_QUEUE_LIMIT,
  })
  closing.add('hashing threads', pool.close)
  metrics.gauge({
    name: 'identity_password_hashes',
    help: 'Passwords that are being hashed, or wait for it',
    labelNames: ['state'],
    collect: gauge => {
      gauge.set({ state: 'running' }, pool.busy)
      gauge.set({ state: 'waiting' }, pool.waiting)
    },
  })
  const duration = metrics.histogram({
    name: 'identity_password_hash_seconds',
    help: 'Time to hash or verify a password, waiting included',
    labelNames: ['kind'],
  })
  return createPasswordHasher({
    pool,
    parameters: owaspParameters,
    standIns,
    observe: (kind, seconds) => duration.observe({ kind }, seconds),
  })
}

const readPolicy = async (settings: IdentitySettings) => {
  const common = await readFile(new URL('../data/common-passwords.txt', import.meta.url), 'utf8')
  return createPasswordPolicy(settings.PASSWORD_POLICY, parseCommonPasswords(common))
}

export const composePasswords = async (init: PasswordsInit) => {
  const standIns = createStandIns(init.settings.MAIL_SEALING_KEY)
  return {
    hasher: await composeHasher(init, standIns),
    policy: await readPolicy(init.settings),
    standIns,
  }
}

export type Passwords = Awaited<ReturnType<typeof composePasswords>>
