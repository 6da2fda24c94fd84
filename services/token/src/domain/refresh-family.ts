/** A family of refresh tokens: its beginning, the use of one of its tokens, and what may come of that (ADR 6). */
import type { Authority } from './authority.ts'
import type { Grant } from './grant.ts'
import type { GrantId } from './ids.ts'

export interface NewFamily {
  readonly grant: Grant
  /** Whether each use gives a new token. */
  readonly rotates: boolean
  /** The client's own; that of the settings where it has none. */
  readonly ttlSeconds?: number | undefined
  /** Of the first token. */
  readonly tokenHash: Buffer
}

/** A family by one of its tokens, used, expired and ended ones too. */
export interface KnownFamily {
  readonly grant: Grant
  readonly rotates: boolean
  /** What its subject may do now; undefined where nothing is known about the subject. */
  readonly authority: Authority | undefined
}

export interface RotationInput {
  readonly tokenHash: Buffer
  /** The client's own; that of the settings where it has none. */
  readonly ttlSeconds?: number | undefined
  /** SHA-256 of the successor that the caller derived with `nonce`. */
  readonly successorHash: Buffer
  readonly nonce: Buffer
  /** Id of the outbox message that is written where the token was used before. */
  readonly messageId: string
}

export type Rotation =
  /** The successor is the caller's. */
  | { readonly outcome: 'rotated'; readonly refreshExpiresInSeconds: number }
  /** Used a moment ago and its successor not yet: derive that one again, with this nonce. */
  | {
      readonly outcome: 'grace'
      readonly nonce: Buffer
      readonly successorHash: Buffer
      readonly refreshExpiresInSeconds: number
    }
  /** Used before. The family has ended; a first-party one's session will, another one's access tokens are revoked. */
  | { readonly outcome: 'reused'; readonly grantId: GrantId }
  | { readonly outcome: 'expired' | 'ended' | 'unknown' }

/** A refresh token that could be used at this moment, and what it stands for. */
export interface LiveRefreshToken
  extends Pick<
    Grant,
    | 'subject'
    | 'sessionId'
    | 'clientId'
    | 'scope'
    | 'authenticatedAt'
    | 'authenticationMethods'
    | 'acr'
    | 'dpopJkt'
    | 'isOffline'
  > {
  readonly grantId: GrantId
  /** When it dies unused. */
  readonly expiresAt: Date
}

export type ProlongationInput = Pick<RotationInput, 'tokenHash' | 'ttlSeconds'>

/** The use of a token that stays the same: its expiry slides. */
export type Prolongation =
  | { readonly outcome: 'prolonged'; readonly refreshExpiresInSeconds: number }
  | { readonly outcome: 'expired' | 'ended' | 'unknown' }

export interface RotationPolicy {
  /** From each use, cut at the family's end. */
  readonly ttlSeconds: number
  /** 0 turns the grace off. */
  readonly graceSeconds: number
}
