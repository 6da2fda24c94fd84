/** Begins a refresh family for a session that identity has just begun, and signs its first access token. */
import { createUuid } from '@latchkey/runtime/ids'
import { accessTokenOfGrant } from '../domain/access-token.ts'
import { firstPartyGrant } from '../domain/grant.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { GrantId, SessionId } from '../domain/ids.ts'
import type { NewFamily } from '../domain/refresh-family.ts'
import { toRefreshToken } from '../domain/refresh-token.ts'
import type { Subject } from '../domain/subject.ts'
import type { SignAccessToken } from '../keys/access-token-signer.ts'

export interface IssueTokensInput {
  readonly subject: Subject
  readonly sessionId: SessionId
  readonly sessionEndsAt: Date
  readonly authenticatedAt: Date
  readonly authenticationMethods: readonly string[]
}

export interface TokenSet {
  readonly accessToken: string
  /** Raw: for the client alone. */
  readonly refreshToken: string
  readonly expiresInSeconds: number
  readonly refreshExpiresInSeconds: number
}

export interface IssueTokensDeps {
  readonly families: {
    /** @returns how long the first token lives, in seconds: never past the grant's end */
    begin(family: NewFamily): Promise<number>
  }
  readonly subjects: {
    /** Keeps the snapshot unless a newer one is stored or the subject was deleted. */
    save(subject: Subject): Promise<void>
  }
  readonly signAccessToken: SignAccessToken
  readonly randomBytes: (size: number) => Uint8Array
}

/** @throws NoSigningKeyError before anything is stored */
export const createIssueTokens =
  (deps: IssueTokensDeps) =>
  async (input: IssueTokensInput): Promise<TokenSet> => {
    const { subject, sessionId, sessionEndsAt, authenticatedAt, authenticationMethods } = input
    const grant = firstPartyGrant({
      id: createUuid<GrantId>(),
      subject: subject.userId,
      sessionId,
      authenticatedAt,
      authenticationMethods,
      endsAt: sessionEndsAt,
    })
    const signed = await deps.signAccessToken(accessTokenOfGrant(grant, subject))
    const refreshToken = toRefreshToken(deps.randomBytes(32))
    const [refreshExpiresInSeconds] = await Promise.all([
      deps.families.begin({ grant, rotates: true, tokenHash: hashSecret(refreshToken) }),
      deps.subjects.save(subject),
    ])
    return { ...signed, refreshToken, refreshExpiresInSeconds }
  }

export type IssueTokens = ReturnType<typeof createIssueTokens>
