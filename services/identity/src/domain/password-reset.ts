/** A token that lets the reader of a mail choose a new password, once. */
import { sha256Hex } from '@latchkey/runtime/crypto'
import type { ResetTokenHash } from './ids.ts'
import type { User } from './user.ts'

/**
 * Why there is a reset: somebody asked for it; the owner has just disowned a session; or somebody knew the password, which
 * has been of no use since.
 */
export const resetCauses = ['forgotten', 'not_me', 'suspended'] as const

export type ResetCause = (typeof resetCauses)[number]

export const hashResetToken = (rawToken: string): ResetTokenHash => sha256Hex(rawToken) as ResetTokenHash

export interface NewPasswordReset {
  /** The outbox row that asked: relayed twice, it still makes one token and one mail. */
  readonly requestId: string
  readonly cause: ResetCause
  readonly user: User
  readonly tokenHash: ResetTokenHash
  /** A JWE that holds the token, for the worker alone. */
  readonly sealedData: string
  readonly locale: string
  /** The IP address that asked; '' where nobody did. */
  readonly askedFrom: string
  readonly at: Date
  readonly expiresAt: Date
}
