/** An authorization code: what it was issued for, and what may come of presenting it. @see draft OAuth 2.1 §4.1.3 */
import type { Grant } from './grant.ts'
import type { ClientId } from './ids.ts'

/** What a code is bound to, beside its client. */
export interface CodeBinding {
  readonly grant: Grant
  /** As the authorization request had it. */
  readonly redirectUri: string
  /** S256; undefined where the client may go without. */
  readonly codeChallenge?: string | undefined
  readonly nonce?: string | undefined
}

export interface NewCode extends CodeBinding {
  /** SHA-256 of the code, which has 256 bits. */
  readonly codeHash: Buffer
  readonly ttlSeconds: number
  /** How long it is remembered after that. */
  readonly keptSeconds: number
  /** The session's absolute end. */
  readonly sessionEndsAt: Date
}

export interface CodeUse {
  readonly codeHash: Buffer
  /** Who presents it: another client's code is unknown, and stays as it is. */
  readonly clientId: ClientId
}

/**
 * SPEC §3: an hour. Longer where an access token that came of it may live longer: a replay of the code, or a user who
 * disconnects the client, must find whose it is.
 */
export const keptSecondsOf = (accessTokenTtlSeconds: number): number => Math.max(3_600, accessTokenTtlSeconds)

export type CodeRedemption =
  /** Once, whatever number of requests come at a time. The code is used up, whatever the caller finds wrong next. */
  | ({ readonly outcome: 'redeemed' } & CodeBinding)
  /** Before: whoever has it twice may have stolen it, so that its grant is to be revoked. */
  | { readonly outcome: 'used'; readonly grant: Grant }
  | { readonly outcome: 'expired' | 'unknown' }
