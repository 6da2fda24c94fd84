/**
 * A new account, signed in where it may be. The session and what is given for it are made first, for an id that no user
 * has yet; the INSERT is the commit point, and the unique index on the address decides between two registrations at once.
 */
import { createUuid } from '@latchkey/runtime/ids'
import type { EmailAddress, EmailKey } from '../domain/email-address.ts'
import type { BrowserHash, EmailProofId, UserId } from '../domain/ids.ts'
import type { RawPassword } from '../domain/password-text.ts'
import type { Origin } from '../domain/sign-in.ts'
import { beginUser, firstCredentialVersion, type NewUser, type User } from '../domain/user.ts'
import type { UserMetadata } from '../domain/user-metadata.ts'
import type { UserName } from '../domain/user-name.ts'
import type { Violation } from '../domain/violation.ts'
import type { BeginSession } from './begin-session.ts'
import type { ChoosePassword } from './choose-password.ts'
import type { MakeEmailProof } from './make-email-proof.ts'

export interface RegisterUserDeps<Given> {
  readonly users: {
    isEmailTaken(emailKey: EmailKey): Promise<boolean>
    insert(user: NewUser): Promise<'inserted' | 'email_exists'>
  }
  readonly registrations: {
    /** Costs the same for every address. */
    begin(registration: NewUser): Promise<void>
  }
  readonly begunRegistrations: {
    /** Has other services forget a user whom there is none of in the end. */
    begin(userId: UserId): Promise<void>
    /** Now rather than in a while. */
    undo(userId: UserId): Promise<void>
  }
  readonly choosePassword: ChoosePassword
  readonly policy: RegistrationPolicy
  readonly beginSession: BeginSession<Given>
  readonly makeProof: MakeEmailProof
  /** The mail need not wait for the next look into the outbox. */
  readonly relaySoon: () => void
  readonly now: () => Date
}

export interface Registration {
  readonly email: EmailAddress
  readonly password: RawPassword
  readonly name: UserName
  readonly metadata: UserMetadata
  readonly origin: Origin
  /** Of the verification mail. */
  readonly locale: string
  /** The browser of the page, where it is one. */
  readonly browserHash: BrowserHash | undefined
}

/** How a registration is answered, by setting. */
export interface RegistrationPolicy {
  /** Nobody is signed in before their address is verified. */
  readonly requiresVerification: boolean
  /** Nobody learns whether an address has an account: the mail tells its owner, and the account is made by its proof. */
  readonly isStrict: boolean
}

export type RegistrationOutcome<Given> =
  | { readonly outcome: 'registered'; readonly user: User; readonly given: Given }
  /** An account without a session: the address comes first. */
  | { readonly outcome: 'verification_required'; readonly user: User; readonly request: EmailProofId }
  /** Whatever there is at this address: the mail tells. */
  | { readonly outcome: 'accepted'; readonly request: EmailProofId }
  | { readonly outcome: 'email_exists' }
  | { readonly outcome: 'password_refused'; readonly violations: readonly Violation[] }

/** @throws Overloaded, and what the stores and services failed with: then there is no account */
export type RegisterUser<Given> = (registration: Registration) => Promise<RegistrationOutcome<Given>>

export const createRegisterUser = <Given>({
  users,
  registrations,
  begunRegistrations,
  choosePassword,
  policy,
  beginSession,
  makeProof,
  relaySoon,
  now,
}: RegisterUserDeps<Given>): RegisterUser<Given> => {
  /** The mail tells what became of it. */
  const registerUnseen = async (newUser: NewUser): Promise<RegistrationOutcome<Given>> => {
    await registrations.begin(newUser)
    return { outcome: 'accepted', request: newUser.verification.id }
  }

  const registerUnverified = async (newUser: NewUser): Promise<RegistrationOutcome<Given>> => {
    if ((await users.insert(newUser)) === 'email_exists') return { outcome: 'email_exists' }
    relaySoon()
    return { outcome: 'verification_required', user: newUser.user, request: newUser.verification.id }
  }

  /** Undefined where the address has an account by now. */
  const signUp = async (newUser: NewUser, origin: Origin): Promise<Given | undefined> => {
    const session = await beginSession({
      user: newUser.user,
      origin,
      deviceKnown: false,
      rememberMe: false,
      credentialVersion: firstCredentialVersion,
      methods: ['pwd'],
      authenticatedAt: now(),
    })
    try {
      const inserted = await users.insert({ ...newUser, sessionId: session.id })
      if (inserted === 'inserted') return session.given
    } catch (error) {
      await session.abandon()
      throw error
    }
    await session.abandon()
    return undefined
  }

  const registerSignedIn = async (newUser: NewUser, origin: Origin): Promise<RegistrationOutcome<Given>> => {
    const { user } = newUser
    // Before anybody hears of the user: a process that dies in between leaves this behind.
    await begunRegistrations.begin(user.id)
    const given = await signUp(newUser, origin)
    // Where something failed instead, it goes out by itself: after all that may still be under way.
    if (given === undefined) await begunRegistrations.undo(user.id)
    relaySoon()
    return given === undefined ? { outcome: 'email_exists' } : { outcome: 'registered', user, given }
  }

  return async registration => {
    const { email, name, metadata, password, origin } = registration
    const id = createUuid<UserId>()
    const user = beginUser({ id, email, emailVerifiedAt: undefined, name, metadata, at: now() })
    // Only to spare the work: the INSERT decides.
    if (!policy.isStrict && (await users.isEmailTaken(user.emailKey))) return { outcome: 'email_exists' }
    const chosen = await choosePassword({ password, owner: user, userId: undefined })
    if (chosen.outcome === 'refused') return { outcome: 'password_refused', violations: chosen.violations }

    const verification = await makeProof({
      purpose: policy.isStrict ? 'registration' : 'verification',
      emailKey: user.emailKey,
      userId: policy.isStrict ? undefined : user.id,
      browserHash: registration.browserHash,
      locale: registration.locale,
      askedFrom: origin.ipAddress,
    })
    const { passwordHash } = chosen
    const newUser = { user, passwordHash, device: origin.device, sessionId: undefined, verification }
    if (policy.isStrict) return registerUnseen(newUser)
    if (policy.requiresVerification) return registerUnverified(newUser)
    return registerSignedIn(newUser, origin)
  }
}
