/** From a new password to its hash: the policy, then the earlier ones, which only their hashes can tell, then known breaches. */
import type { UserId } from '../domain/ids.ts'
import type { PasswordOwner, PasswordPolicy } from '../domain/password-policy.ts'
import type { RawPassword } from '../domain/password-text.ts'
import type { Violation } from '../domain/violation.ts'

export interface ChoosePasswordDeps {
  readonly policy: PasswordPolicy
  readonly hasher: {
    hash(password: RawPassword): Promise<string>
    verify(passwordHash: string, password: RawPassword): Promise<boolean>
  }
  /** Whether it is in a breach that is known; undefined where nobody is asked. */
  readonly isBreached?: ((password: RawPassword) => Promise<boolean>) | undefined
  readonly credentials: {
    /** The present one and those before it, latest first. */
    listHashes(userId: UserId, limit: number): Promise<readonly string[]>
  }
}

export interface PasswordChoice {
  readonly password: RawPassword
  readonly owner: PasswordOwner
  /** Undefined for somebody who has no password yet. */
  readonly userId: UserId | undefined
}

export type ChosenPassword =
  | { readonly outcome: 'accepted'; readonly passwordHash: string }
  | { readonly outcome: 'refused'; readonly violations: readonly Violation[] }

const breached: Violation = {
  code: 'password_breached',
  message: 'must not be known from a breach of some other site',
}

export const createChoosePassword = ({ policy, hasher, credentials, isBreached }: ChoosePasswordDeps) => {
  const wasUsedBefore = async (userId: UserId, password: RawPassword): Promise<boolean> => {
    if (policy.remembers === 0) return false
    const hashes = await credentials.listHashes(userId, policy.remembers)
    const matches = await Promise.all(hashes.map(hash => hasher.verify(hash, password)))
    return matches.includes(true)
  }

  /** @throws Overloaded */
  return async ({ password, owner, userId }: PasswordChoice): Promise<ChosenPassword> => {
    const violations = policy.check(password, owner)
    if (violations.length > 0) return { outcome: 'refused', violations }
    if (userId !== undefined && (await wasUsedBefore(userId, password))) {
      const message = `must not be one of your last ${policy.remembers} passwords`
      return {
        outcome: 'refused',
        violations: [{ code: 'password_used_before', message, limit: policy.remembers }],
      }
    }
    if ((await isBreached?.(password)) === true) return { outcome: 'refused', violations: [breached] }
    return { outcome: 'accepted', passwordHash: await hasher.hash(password) }
  }
}

export type ChoosePassword = ReturnType<typeof createChoosePassword>
