/**
 * The "this wasn't me" link of a notice: it names a session that the owner of the account may disown. It lives for days,
 * works once and for nothing else; its token is kept as a hash.
 */
import { randomToken, sha256Hex } from '@latchkey/runtime/crypto'
import type { DeviceHash, NotMeTokenHash, SessionId, UserId } from './ids.ts'

export interface NotMeLink {
  readonly tokenHash: NotMeTokenHash
  readonly userId: UserId
  readonly sessionId: SessionId
  /** The device that signed in, where it is to be forgotten with the session. */
  readonly device: DeviceHash | undefined
  /** When the session was put under review, where the notice tells of that: then the owner may also confirm it. */
  readonly flaggedAt: Date | undefined
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** What a link is about. */
export type NotMeSubject = Pick<NotMeLink, 'userId' | 'sessionId' | 'flaggedAt'>

/** A mail that tells the owner of an account of a session, and lets them disown it. */
export interface NotMeNotice {
  readonly template: 'session_review' | 'new_device'
  /** The same however often it is handed over. */
  readonly messageId: string
  readonly link: NotMeLink
  readonly recipient: string
  /** A JWE that holds the token, for the worker alone. */
  readonly sealedData: string
}

export const hashNotMeToken = (rawToken: string): NotMeTokenHash => sha256Hex(rawToken) as NotMeTokenHash

export type MintNotMeLink = (
  about: Pick<NotMeLink, 'userId' | 'sessionId' | 'device'> & Partial<Pick<NotMeLink, 'flaggedAt'>>,
) => {
  /** For the mail, sealed, and for nobody else. */
  readonly rawToken: string
  /** For `insertNotMeLink`, in the transaction that hands the mail over. */
  readonly link: NotMeLink
}

export const createMintNotMeLink =
  ({ ttlSeconds, now }: { ttlSeconds: number; now: () => Date }): MintNotMeLink =>
  about => {
    const rawToken = randomToken()
    const createdAt = now()
    const expiresAt = new Date(createdAt.getTime() + ttlSeconds * 1_000)
    return {
      rawToken,
      link: { flaggedAt: undefined, ...about, tokenHash: hashNotMeToken(rawToken), createdAt, expiresAt },
    }
  }
