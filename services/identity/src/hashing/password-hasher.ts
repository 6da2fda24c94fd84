/** Passwords to PHC strings and back to yes or no. Nobody else in the service knows what Argon2id is, or an imported hash. */
import { randomToken } from '@latchkey/runtime/crypto'
import type { EmailKey } from '../domain/email-address.ts'
import type { RawPassword } from '../domain/password-text.ts'
import { type Argon2Parameters, isOutdated } from './argon2-parameters.ts'
import type { Argon2Pool } from './argon2-pool.ts'
import type { StandIns } from './stand-ins.ts'

export interface PasswordHasherInit {
  readonly pool: Pick<Argon2Pool, 'run'>
  readonly parameters: Argon2Parameters
  /** What stands in for unknown addresses where imported hashes are among those of the known. */
  readonly standIns?: Pick<StandIns, 'find'>
  /** Called with the seconds from the wish to the result, waiting included. */
  readonly observe?: (kind: 'hash' | 'verify', seconds: number) => void
}

/** Makes one hash at the start: the one that stands in for accounts that do not exist. */
export const createPasswordHasher = async ({ pool, parameters, standIns, observe }: PasswordHasherInit) => {
  const timed = async <Result>(kind: 'hash' | 'verify', work: Promise<Result>): Promise<Result> => {
    const startedAt = performance.now()
    const result = await work
    observe?.(kind, (performance.now() - startedAt) / 1_000)
    return result
  }

  const hash = async (password: string): Promise<string> =>
    String(await timed('hash', pool.run({ kind: 'hash', password, parameters })))

  const verify = async (passwordHash: string, password: RawPassword): Promise<boolean> =>
    (await timed('verify', pool.run({ kind: 'verify', passwordHash, password }))) === true

  const standIn = await hash(randomToken())

  return {
    /** A new PHC string with a salt of its own. @throws Overloaded */
    hash: (password: RawPassword): Promise<string> => hash(password),
    /** @throws Overloaded; Error for a stored hash that nothing verifies. */
    verify,
    /** Costs what `verify` costs and is always wrong: so long does it take to refuse an unknown address. */
    verifyStandIn: async (password: RawPassword, emailKey: EmailKey): Promise<false> => {
      await verify(standIns?.find(emailKey) ?? standIn, password)
      return false
    },
    /** Whether a right password should be hashed again, with today's parameters. */
    isOutdated: (passwordHash: string): boolean => isOutdated(passwordHash, parameters),
  }
}
