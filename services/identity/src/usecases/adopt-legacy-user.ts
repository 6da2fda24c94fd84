/**
 * A first sign-in of somebody whose password only the system knows that they come from. It is asked once: what it says
 * right to gets an account here, with a hash of ours. The attempt is counted as every look at a password is.
 */
import { createUuid } from '@latchkey/runtime/ids'
import type { EmailKey } from '../domain/email-address.ts'
import type { UserId } from '../domain/ids.ts'
import type { AskLegacyLogin, LegacyUser } from '../domain/legacy-user.ts'
import type { AttemptBudget } from '../domain/lockout.ts'
import type { NewManagedUser } from '../domain/managed-user.ts'
import type { RawPassword } from '../domain/password-text.ts'
import type { Account } from '../domain/user.ts'
import { nameOfAddress } from '../domain/user-name.ts'
import type { AttemptOutcome, AttemptSecret } from './attempt-secret.ts'

export interface AdoptLegacyUserDeps {
  readonly askLegacyLogin: AskLegacyLogin
  readonly attemptSecret: AttemptSecret
  readonly hasher: {
    hash(password: RawPassword): Promise<string>
    verifyStandIn(password: RawPassword, emailKey: EmailKey): Promise<false>
  }
  readonly users: { insert(user: NewManagedUser): Promise<'inserted' | 'email_exists'> }
  readonly firstPasswords: {
    /** Whether the account was made for somebody to come, who has no way in yet. */
    isAwaited(userId: UserId): Promise<boolean>
    /** Nothing where it has a way in by now. */
    set(userId: UserId, passwordHash: string, at: Date): Promise<void>
  }
  readonly onAdopted: () => void
  readonly now: () => Date
}

export interface LegacySignIn {
  readonly budget: AttemptBudget
  readonly password: RawPassword
  /** The account without a password; undefined where the address has none. */
  readonly account: Account | undefined
}

export const createAdoptLegacyUser = (deps: AdoptLegacyUserDeps) => {
  const { askLegacyLogin, attemptSecret, hasher, users, firstPasswords, onAdopted, now } = deps

  const adopt = async (legacy: LegacyUser, { account, budget, password }: LegacySignIn): Promise<void> => {
    const passwordHash = await hasher.hash(password)
    if (account !== undefined) return firstPasswords.set(account.user.id, passwordHash, now())
    const { email, name = nameOfAddress(email), isEmailVerified, metadata } = legacy
    const { emailKey } = budget
    // Two first sign-ins at once: one makes the account, both go on with it.
    await users.insert({
      id: createUuid<UserId>(),
      email,
      emailKey,
      isEmailVerified,
      name,
      metadata,
      passwordHash,
      at: now(),
    })
  }

  /** Undefined where nobody elsewhere is asked. @throws LegacyUnavailable, Overloaded: nothing is counted, nothing made */
  return async (signIn: LegacySignIn): Promise<AttemptOutcome | undefined> => {
    const { budget, password, account } = signIn
    if (account?.credential !== undefined) return undefined
    if (account !== undefined && !(await firstPasswords.isAwaited(account.user.id))) return undefined
    let legacy: LegacyUser | undefined
    const verify = async (): Promise<boolean> => {
      // Beside our own work, not after it: who is unknown there, too, waits for the longer of the two.
      const [said] = await Promise.all([
        askLegacyLogin(budget.emailKey, password),
        hasher.verifyStandIn(password, budget.emailKey),
      ])
      // An account that is here belongs to the owner of the address, which the other system must know to be them.
      legacy = account === undefined || said?.isEmailVerified === true ? said : undefined
      return legacy !== undefined
    }
    const attempt = await attemptSecret({ budget, verify })
    if (attempt.outcome !== 'right' || legacy === undefined) return attempt
    await adopt(legacy, signIn)
    onAdopted()
    return attempt
  }
}

export type AdoptLegacyUser = ReturnType<typeof createAdoptLegacyUser>
