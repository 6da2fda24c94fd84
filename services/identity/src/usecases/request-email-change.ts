/**
 * Somebody who has proven lately who they are wants another address. Mails go to both; nothing changes before both have
 * said yes. @see ASVS 7.5.1, 6.3.7
 */
import { createUuid } from '@latchkey/runtime/ids'
import { type EmailAddress, emailKeyOf } from '../domain/email-address.ts'
import { emailChangeSeconds, type NewEmailChange } from '../domain/email-change.ts'
import type { EmailChangeId, SessionId } from '../domain/ids.ts'
import type { User } from '../domain/user.ts'
import type { MakeEmailProof } from './make-email-proof.ts'

export interface RequestEmailChangeDeps {
  readonly users: { isEmailTaken(emailKey: User['emailKey']): Promise<boolean> }
  readonly changes: { begin(change: NewEmailChange, isOldAsked: boolean): Promise<void> }
  readonly makeProof: MakeEmailProof
  /** Nobody learns whether an address has an account; its owner is mailed instead. */
  readonly isStrict: boolean
  readonly relaySoon: () => void
  readonly now: () => Date
}

export interface EmailChangeRequest {
  readonly user: User
  readonly sessionId: SessionId
  readonly email: EmailAddress
  readonly locale: string
  readonly askedFrom: string
}

export interface EmailChangeRequested {
  /** `unchanged`: the account has this address. */
  readonly outcome: 'requested' | 'unchanged' | 'email_exists'
}

export const createRequestEmailChange = (deps: RequestEmailChangeDeps) => {
  const { users, changes, makeProof, isStrict, relaySoon, now } = deps

  return async ({ user, sessionId, email, ...asked }: EmailChangeRequest): Promise<EmailChangeRequested> => {
    const emailKey = emailKeyOf(email)
    if (emailKey === user.emailKey) return { outcome: 'unchanged' }
    // Only to spare both a mail: the change itself decides.
    if (!isStrict && (await users.isEmailTaken(emailKey))) return { outcome: 'email_exists' }
    const id = createUuid<EmailChangeId>()
    const proofOf = (purpose: 'change_old' | 'change_new', key: User['emailKey']) =>
      makeProof({ ...asked, purpose, emailKey: key, userId: user.id, browserHash: undefined, changeId: id })
    const isOldAsked = user.emailVerifiedAt !== undefined
    const proofs = [
      await proofOf('change_new', emailKey),
      ...(isOldAsked ? [await proofOf('change_old', user.emailKey)] : []),
    ]
    const at = now()
    const expiresAt = new Date(at.getTime() + emailChangeSeconds * 1_000)
    const change = {
      id,
      userId: user.id,
      oldKey: user.emailKey,
      email,
      emailKey,
      sessionId,
      at,
      expiresAt,
      proofs,
    }
    await changes.begin(change, isOldAsked)
    relaySoon()
    return { outcome: 'requested' }
  }
}

export type RequestEmailChange = ReturnType<typeof createRequestEmailChange>
