/** The first tokens of a grant that a user has just approved: by a code, on a device. */
import type { Client } from '../domain/client.ts'
import { refreshBindingOf } from '../domain/dpop-binding.ts'
import { bindGrant, type Grant } from '../domain/grant.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { NewFamily } from '../domain/refresh-family.ts'
import { toRefreshToken } from '../domain/refresh-token.ts'
import type { IssuedTokens } from '../grants/token-request.ts'
import type { SignGrantTokens, SignGrantTokensInput } from './sign-grant-tokens.ts'

export interface IssueGrantTokensDeps {
  readonly signGrantTokens: SignGrantTokens
  readonly families: {
    /** @returns how long the first token lives, in seconds; 0 where the grant was revoked meanwhile */
    begin(family: NewFamily): Promise<number>
  }
  readonly randomBytes: (size: number) => Uint8Array
}

/** A confidential client's token is bound by the client's authentication, and stays the same (ADR 9). */
const familyOf = (
  client: Client,
  grant: Grant,
  dpopJkt: string | undefined,
): Omit<NewFamily, 'tokenHash'> => ({
  grant: bindGrant(grant, refreshBindingOf(client, dpopJkt)),
  rotates: client.type === 'public',
  ttlSeconds: client.metadata.refreshTokenTtlSeconds,
})

/** What was revoked meanwhile is given as if the revocation had come a moment later. @throws NoSigningKeyError */
export const createIssueGrantTokens =
  ({ signGrantTokens, families, randomBytes }: IssueGrantTokensDeps) =>
  async (input: SignGrantTokensInput): Promise<IssuedTokens> => {
    const { client, grant, dpopJkt } = input
    if (!client.metadata.grantTypes.includes('refresh_token')) return signGrantTokens(input)
    const refreshToken = toRefreshToken(randomBytes(32))
    const family = { ...familyOf(client, grant, dpopJkt), tokenHash: hashSecret(refreshToken) }
    const [tokens, refreshExpiresInSeconds] = await Promise.all([
      signGrantTokens(input),
      families.begin(family),
    ])
    return { ...tokens, refreshToken, refreshExpiresInSeconds }
  }

export type IssueGrantTokens = ReturnType<typeof createIssueGrantTokens>
