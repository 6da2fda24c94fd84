/**
 * Whom the client believes to be signed in, by an ID token that we gave it; an old one will do. One that can't be read
 * as ours is refused; one whose key is long gone says nothing.
 *
 * @see OpenID Connect Core §3.1.2.1
 */
import { findParameter, OAuthError } from '@latchkey/oauth'
import { compactVerify, createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet } from 'jose'
import { z } from 'zod'
import type { RuleInput } from './request.ts'

export interface CheckIdTokenHintDeps {
  readonly issuer: string
  readonly getJwks: () => JSONWebKeySet
}

const algorithms = ['RS256', 'ES256', 'EdDSA', 'Ed25519']

const payload = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
})

const refused = (cause?: unknown) =>
  new OAuthError('invalid_request', 'id_token_hint must be an ID token that was issued to this client', {
    cause,
  })

const verify = async (jwt: string, jwks: JSONWebKeySet): Promise<unknown> => {
  try {
    const { typ } = decodeProtectedHeader(jwt)
    // An access token is signed with the same keys.
    if (typ !== undefined && typ.toUpperCase() !== 'JWT') throw refused()
    const verified = await compactVerify(jwt, createLocalJWKSet(jwks), { algorithms })
    return JSON.parse(new TextDecoder().decode(verified.payload))
  } catch (cause) {
    if (cause instanceof errors.JWKSNoMatchingKey) return undefined
    throw refused(cause)
  }
}

/** The subject; undefined where there is none, or nobody can say. @throws OAuthError `invalid_request` */
export const checkIdTokenHint = async (
  { client, parameters }: RuleInput,
  { issuer, getJwks }: CheckIdTokenHintDeps,
): Promise<string | undefined> => {
  const hint = findParameter(parameters, 'id_token_hint')
  if (hint === undefined) return undefined
  const verified = await verify(hint, getJwks())
  if (verified === undefined) return undefined
  const claims = payload.safeParse(verified)
  if (!claims.success || claims.data.iss !== issuer || ![claims.data.aud].flat().includes(client.id))
    throw refused(claims.error)
  return claims.data.sub
}
