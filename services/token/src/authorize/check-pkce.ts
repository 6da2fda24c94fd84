/**
 * PKCE with S256. Without a challenge only for a confidential client that an operator has exempted because it does
 * OpenID Connect, and only where this request does.
 *
 * @see draft OAuth 2.1 §4.1.1, §4.1.2.1, RFC 7636 §4.4.1
 */
import { findParameter, isCodeChallenge, OAuthError } from '@latchkey/oauth'
import type { Client } from '../domain/client.ts'
import type { RuleInput } from './request.ts'

const mayGoWithout = ({ type, metadata }: Client, scopes: readonly string[]): boolean =>
  type === 'confidential' && !metadata.requirePkce && scopes.includes('openid')

/** The challenge; undefined where the client goes without. @throws OAuthError `invalid_request` */
export const checkPkce = (
  { client, parameters }: RuleInput,
  scopes: readonly string[],
): string | undefined => {
  const codeChallenge = findParameter(parameters, 'code_challenge')
  const method = findParameter(parameters, 'code_challenge_method')
  if (codeChallenge === undefined) {
    if (method === undefined && mayGoWithout(client, scopes)) return undefined
    throw new OAuthError('invalid_request', 'code_challenge parameter is required for OAuth 2.1')
  }
  // Left out, it would mean `plain`.
  if (method !== 'S256') throw new OAuthError('invalid_request', 'code_challenge_method must be S256')
  if (!isCodeChallenge(codeChallenge))
    throw new OAuthError('invalid_request', 'code_challenge must be 43 characters of base64url')
  return codeChallenge
}
