/** The ID token that goes with an access token of a grant, where `openid` was granted. */
import { type IdTokenInput, needsSubject } from '../domain/id-token.ts'
import type { UserId } from '../domain/ids.ts'
import type { KnownSubject } from '../domain/subject-claims.ts'
import type { SignIdToken } from '../keys/id-token-signer.ts'
import type { SigningAlgorithm } from '../keys/signing-algorithm.ts'

export interface IssueIdTokenDeps {
  readonly subjects: {
    /** Undefined for an unknown or deleted one. */
    find(userId: UserId): Promise<KnownSubject | undefined>
  }
  readonly signIdToken: SignIdToken
}

export interface IssueIdTokenInput {
  readonly grant: IdTokenInput['grant']
  /** Its subject, where the caller has just read it. */
  readonly subject?: KnownSubject | undefined
  readonly accessToken: string
  readonly nonce?: string | undefined
  /** The client's `idTokenSignedResponseAlg`. */
  readonly algorithm: SigningAlgorithm
}

/** @throws NoSigningKeyError */
export const createIssueIdToken =
  ({ subjects, signIdToken }: IssueIdTokenDeps) =>
  async ({ grant, accessToken, nonce, algorithm, ...input }: IssueIdTokenInput): Promise<string> => {
    const subject = needsSubject(grant) ? (input.subject ?? (await subjects.find(grant.subject))) : undefined
    return signIdToken({ grant, accessToken, nonce, subject }, algorithm)
  }

export type IssueIdToken = ReturnType<typeof createIssueIdToken>
