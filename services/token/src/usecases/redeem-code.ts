/**
 * Exchanges an authorization code for the first tokens of its grant. The code is used up first and judged then: whoever
 * has stolen one gets a single guess at what it is bound to. A code that comes twice ends what was issued from it.
 *
 * @see draft OAuth 2.1 §4.1.3, RFC 7636 §4.6, RFC 9700 §4.8.2
 */
import { isVerifierOf, OAuthError } from '@latchkey/oauth'
import type { Logger } from '@latchkey/runtime/logger'
import type { CodeBinding, CodeRedemption, CodeUse } from '../domain/authorization-code.ts'
import type { Client } from '../domain/client.ts'
import { narrowResources } from '../domain/client-resources.ts'
import { checkGrantKey } from '../domain/dpop-binding.ts'
import type { Grant } from '../domain/grant.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { IssuedTokens } from '../grants/token-request.ts'
import type { IssueGrantTokens } from './issue-grant-tokens.ts'

export interface RedeemCodeInput {
  readonly client: Client
  /** Raw. */
  readonly code: string
  readonly redirectUri?: string | undefined
  readonly codeVerifier?: string | undefined
  readonly resources: readonly string[]
  readonly dpopJkt?: string | undefined
}

export interface RedeemCodeDeps {
  readonly codes: {
    /** Uses a code up: of any number of parallel calls, one redeems it. */
    redeem(use: CodeUse): Promise<CodeRedemption>
  }
  readonly grantRevocations: {
    /** Ends a grant whose family may be about to begin. */
    revokeEarly(grant: Grant, reason: string): Promise<void>
  }
  readonly checkSession: (subject: { sessionId: string }) => Promise<'live' | 'revoked' | 'undecided'>
  readonly issueGrantTokens: IssueGrantTokens
  /** @throws NoSigningKeyError, before a code is used up for nothing */
  readonly assertSigningKey: () => void
  readonly logger: Pick<Logger, 'warn'>
}

const spent = () => new OAuthError('invalid_grant', 'Authorization code expired or already used')

/** Where a verifier proves who began the flow, OAuth 2.1 no longer asks for the redirect URI (§10.2). */
const checkRedirectUri = (binding: CodeBinding, redirectUri: string | undefined): void => {
  if (redirectUri === binding.redirectUri) return
  if (redirectUri === undefined && binding.codeChallenge !== undefined) return
  throw new OAuthError('invalid_grant', 'redirect_uri is not the one of the authorization request')
}

/** A verifier without a challenge is refused like a challenge without a verifier: either is a downgrade. */
const checkVerifier = ({ codeChallenge }: CodeBinding, codeVerifier: string | undefined): void => {
  if (codeChallenge === undefined && codeVerifier === undefined) return
  if (codeChallenge !== undefined && codeVerifier !== undefined && isVerifierOf(codeVerifier, codeChallenge))
    return
  throw new OAuthError('invalid_grant', 'PKCE verification failed')
}

/** @throws OAuthError, NoSigningKeyError */
export const createRedeemCode = (deps: RedeemCodeDeps) => {
  const useUp = async ({ client, code }: RedeemCodeInput): Promise<CodeBinding> => {
    const redemption = await deps.codes.redeem({ codeHash: hashSecret(code), clientId: client.id })
    if (redemption.outcome === 'redeemed') return redemption
    if (redemption.outcome === 'used') {
      const { grant } = redemption
      await deps.grantRevocations.revokeEarly(grant, 'authorization_code_reused')
      const about = { client_id: client.id, grant_id: grant.id, session_id: grant.sessionId }
      deps.logger.warn(about, 'an authorization code was used again')
    }
    throw spent()
  }

  return async (input: RedeemCodeInput): Promise<IssuedTokens> => {
    deps.assertSigningKey()
    const binding = await useUp(input)
    checkRedirectUri(binding, input.redirectUri)
    checkVerifier(binding, input.codeVerifier)
    const { grant, nonce } = binding
    checkGrantKey(grant.dpopJkt, input.dpopJkt)
    const resources = narrowResources(grant.resources, input.resources)
    // One that nobody can tell about goes on: its tokens are looked at again wherever they are used.
    if ((await deps.checkSession({ sessionId: grant.sessionId })) === 'revoked') throw spent()
    const { client, dpopJkt } = input
    return deps.issueGrantTokens({ client, grant, nonce, resources, dpopJkt })
  }
}

export type RedeemCode = ReturnType<typeof createRedeemCode>
