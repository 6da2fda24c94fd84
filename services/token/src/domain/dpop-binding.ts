/** What must be bound to a DPoP key, and to which. `jkt` is the thumbprint of a key whose possession was proved. */
import { isJwkThumbprint, OAuthError } from '@latchkey/oauth'
import type { Client, ClientMetadata } from './client.ts'

/**
 * A client may have registered that all its tokens are bound. A proof that is missing is a parameter that is missing;
 * `invalid_dpop_proof` is of one that is wrong. @throws OAuthError `invalid_request` @see RFC 9449 §5, §5.2
 */
export const requireRegisteredDpop = (
  { dpopBoundAccessTokens }: Pick<ClientMetadata, 'dpopBoundAccessTokens'>,
  jkt: string | undefined,
): void => {
  if (dpopBoundAccessTokens && jkt === undefined)
    throw new OAuthError('invalid_request', 'This client’s requests for tokens need a DPoP proof')
}

/**
 * The key that an authorization request binds its code to: `dpop_jkt`, the proof at the PAR endpoint, or both, if they
 * agree. @throws OAuthError @see RFC 9449 §10, §10.1
 */
export const codeBindingOf = (dpopJkt: string | undefined, jkt?: string): string | undefined => {
  if (dpopJkt === undefined) return jkt
  if (!isJwkThumbprint(dpopJkt))
    throw new OAuthError('invalid_request', 'dpop_jkt must be the SHA-256 thumbprint of a JWK (RFC 7638)')
  if (jkt !== undefined && jkt !== dpopJkt)
    throw new OAuthError('invalid_dpop_proof', 'dpop_jkt is not the thumbprint of the key of the DPoP proof')
  return dpopJkt
}

/** A code or refresh token that is bound to a key is of use with that key alone. @throws OAuthError */
export const checkGrantKey = (boundJkt: string | undefined, jkt: string | undefined): void => {
  if (boundJkt !== undefined && boundJkt !== jkt)
    throw new OAuthError('invalid_grant', 'The grant is bound to another DPoP key')
}

/**
 * The key that a refresh token is bound to. A confidential client's is bound by its authentication, and the client may
 * change its DPoP key. @see RFC 9449 §5
 */
export const refreshBindingOf = (
  client: Pick<Client, 'type'>,
  jkt: string | undefined,
): string | undefined => (client.type === 'public' ? jkt : undefined)
