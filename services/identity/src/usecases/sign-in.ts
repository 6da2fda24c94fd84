/**
 * Password sign-in. Known and unknown addresses take the same steps: look-up, counted attempt, verification. What
 * is wrong with an account is told only to somebody who knows its password.
 */
import type { EmailKey } from '../domain/email-address.ts'
import type { DeviceHash, UserId } from '../domain/ids.ts'
import type { RawPassword } from '../domain/password-text.ts'
import type { Origin } from '../domain/sign-in.ts'
import { type Account, type Credential, credentialVersionOf } from '../domain/user.ts'
import type { Admission, AdmitUser } from './admit-user.ts'
import type { AdoptLegacyUser } from './adopt-legacy-user.ts'
import type { AttemptPassword } from './attempt-password.ts'
import type { AttemptOutcome } from './attempt-secret.ts'

export interface SignInDeps<Given> {
  readonly credentials: {
    findByEmail(emailKey: EmailKey, device: DeviceHash): Promise<Account | undefined>
    /** The same password with today's parameters; nothing where it is no longer the present one. */
    rehash(userId: UserId, version: number, passwordHash: string): Promise<void>
  }
  readonly hasher: {
    isOutdated(passwordHash: string): boolean
    hash(password: RawPassword): Promise<string>
  }
  readonly attemptPassword: AttemptPassword
  /** For addresses whose password is known elsewhere; undefined where there is no elsewhere. */
  readonly adoptLegacyUser?: AdoptLegacyUser | undefined
  readonly admitUser: AdmitUser<Given>
  readonly now: () => Date
}

export interface SignIn {
  readonly emailKey: EmailKey
  readonly password: RawPassword
  readonly rememberMe: boolean
  readonly origin: Origin
}

export type SignInOutcome<Given> =
  | Exclude<Admission<Given>, { outcome: 'outdated' }>
  | { readonly outcome: 'wrong' }
  | Extract<AttemptOutcome, { outcome: 'locked' }>

/** @throws Overloaded, and what the stores and services failed with */
export type SignInUser<Given> = (signIn: SignIn) => Promise<SignInOutcome<Given>>

export const createSignIn = <Given>(deps: SignInDeps<Given>): SignInUser<Given> => {
  const { credentials, hasher, attemptPassword, adoptLegacyUser, admitUser, now } = deps

  const renewHash = async (userId: UserId, { passwordHash, version }: Credential, password: RawPassword) => {
    if (!hasher.isOutdated(passwordHash)) return
    // A busy moment is no reason to refuse: the next sign-in will do.
    const rehashed = await hasher.hash(password).catch(() => undefined)
    if (rehashed !== undefined) await credentials.rehash(userId, version, rehashed)
  }

  return async ({ emailKey, password, rememberMe, origin }) => {
    let account = await credentials.findByEmail(emailKey, origin.device)
    const knownDevice = account?.deviceKnown === true ? origin.device : undefined
    const budget = { emailKey, knownDevice }
    const adopted = await adoptLegacyUser?.({ budget, password, account })
    if (adopted?.outcome === 'right') account = await credentials.findByEmail(emailKey, origin.device)
    const passwordHash = account?.credential?.passwordHash
    const attempt = adopted ?? (await attemptPassword({ budget, passwordHash, password }))
    if (attempt.outcome === 'locked') return attempt
    if (attempt.outcome === 'wrong' || account?.credential === undefined) return { outcome: 'wrong' }
    const { user, credential, deviceKnown } = account
    await renewHash(user.id, credential, password)
    const admission = await admitUser({
      user,
      origin,
      deviceKnown,
      rememberMe,
      credentialVersion: credentialVersionOf(account),
      methods: ['pwd'],
      authenticatedAt: now(),
    })
    // Changed while we looked: the password is not right any more.
    return admission.outcome === 'outdated' ? { outcome: 'wrong' } : admission
  }
}
