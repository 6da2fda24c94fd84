/**
 * Password sign-in. Known and unknown addresses take the same steps: look-up, counted attempt, verification. What
 * is wrong with an account is told only to somebody who knows its password.
 */
import type { EmailKey } from '../domain/email-address.ts'
import type { DeviceHash } from '../domain/ids.ts'
import type { RawPassword } from '../domain/password-text.ts'
import type { Origin, SignInCompletion } from '../domain/sign-in.ts'
import type { Account, User } from '../domain/user.ts'
import type { AttemptOutcome, AttemptPassword } from './attempt-password.ts'
import type { BeginSession } from './begin-session.ts'

export interface SignInDeps<Given> {
  readonly credentials: {
    findByEmail(emailKey: EmailKey, device: DeviceHash): Promise<Account | undefined>
    /** False where the password that was checked is no longer the present one, or the user no longer may. */
    completeSignIn(completion: SignInCompletion): Promise<boolean>
  }
  readonly hasher: {
    isOutdated(passwordHash: string): boolean
    hash(password: RawPassword): Promise<string>
  }
  readonly attemptPassword: AttemptPassword
  readonly beginSession: BeginSession<Given>
  readonly now: () => Date
}

export interface SignIn {
  readonly emailKey: EmailKey
  readonly password: RawPassword
  readonly rememberMe: boolean
  readonly origin: Origin
}

export type SignInOutcome<Given> =
  | { readonly outcome: 'signed_in'; readonly user: User; readonly given: Given }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'disabled' }
  | Extract<AttemptOutcome, { outcome: 'locked' }>

/** @throws Overloaded, and what the stores and services failed with */
export type SignInUser<Given> = (signIn: SignIn) => Promise<SignInOutcome<Given>>

export const createSignIn = <Given>(deps: SignInDeps<Given>): SignInUser<Given> => {
  const { credentials, hasher, attemptPassword, beginSession, now } = deps

  const rehash = async (passwordHash: string, password: RawPassword): Promise<string | undefined> => {
    if (!hasher.isOutdated(passwordHash)) return undefined
    // A busy moment is no reason to refuse: the next sign-in will do.
    return hasher.hash(password).catch(() => undefined)
  }

  return async ({ emailKey, password, rememberMe, origin }) => {
    const account = await credentials.findByEmail(emailKey, origin.device)
    const knownDevice = account?.deviceKnown === true ? origin.device : undefined
    const passwordHash = account?.credential.passwordHash
    const attempt = await attemptPassword({ budget: { emailKey, knownDevice }, passwordHash, password })
    if (attempt.outcome === 'locked') return attempt
    if (attempt.outcome === 'wrong' || account === undefined) return { outcome: 'wrong' }
    const { user, credential, deviceKnown } = account
    if (user.disabledAt !== undefined) return { outcome: 'disabled' }

    const at = now()
    const session = await beginSession({
      user,
      origin,
      deviceKnown,
      rememberMe,
      credentialVersion: credential.version,
      authenticatedAt: at,
    })
    try {
      const rehashed = await rehash(credential.passwordHash, password)
      const { version } = credential
      const completion = { userId: user.id, version, device: origin.device, rehashed, at }
      if (await credentials.completeSignIn(completion))
        return { outcome: 'signed_in', user, given: session.given }
    } catch (error) {
      await session.abandon()
      throw error
    }
    // Changed, disabled or deleted while we looked: the password is not right any more.
    await session.abandon()
    return { outcome: 'wrong' }
  }
}
