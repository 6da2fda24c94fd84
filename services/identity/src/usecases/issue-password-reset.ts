/**
 * What became of a request for a reset, out of sight of who asked: for a known address a token is made, its hash
 * stored, and the token itself sealed for the mail worker. Nobody else ever sees it, and nothing holds it unsealed.
 */
import { randomToken } from '@latchkey/runtime/crypto'
import type { EmailKey } from '../domain/email-address.ts'
import type { ResetTokenHash } from '../domain/ids.ts'
import { hashResetToken, type NewPasswordReset, type ResetCause } from '../domain/password-reset.ts'
import type { Seal } from '../domain/seal.ts'
import type { User } from '../domain/user.ts'

export interface IssuePasswordResetDeps {
  readonly users: { findByEmail(emailKey: EmailKey): Promise<User | undefined> }
  readonly resets: {
    /** False where this request has had its mail already, or the user or who asked too many. */
    create(reset: NewPasswordReset): Promise<boolean>
  }
  readonly seal: Seal
  /** For operators to look at; may be lost. */
  readonly showReset: (tokenHash: ResetTokenHash, user: User) => void
  /** The mail need not wait for the next look into the outbox. */
  readonly relaySoon: () => void
  readonly ttlSeconds: number
  readonly now: () => Date
}

export interface PasswordResetRequest {
  /** The same for each try to serve one request. */
  readonly requestId: string
  readonly emailKey: EmailKey
  readonly locale: string
  readonly cause: ResetCause
  readonly askedFrom: string
}

export const createIssuePasswordReset =
  ({ users, resets, seal, showReset, relaySoon, ttlSeconds, now }: IssuePasswordResetDeps) =>
  async ({ requestId, emailKey, locale, cause, askedFrom }: PasswordResetRequest): Promise<void> => {
    const user = await users.findByEmail(emailKey)
    if (user === undefined || user.disabledAt !== undefined) return
    const rawToken = randomToken()
    const tokenHash = hashResetToken(rawToken)
    const sealedData = await seal({ token: rawToken })
    const at = now()
    const expiresAt = new Date(at.getTime() + ttlSeconds * 1_000)
    const reset = { requestId, cause, user, tokenHash, sealedData, locale, askedFrom, at, expiresAt }
    const created = await resets.create(reset)
    if (!created) return
    showReset(tokenHash, user)
    relaySoon()
  }

export type IssuePasswordReset = ReturnType<typeof createIssuePasswordReset>
