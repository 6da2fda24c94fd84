/**
 * Reads an ID token that comes back to us as a hint: at the logout, of whose session and at whose client. An old one
 * will do; one that is not ours, or whose key is long gone, is none. @see OpenID Connect RP-Initiated Logout 1.0 §2
 */
import { compactVerify, createLocalJWKSet, decodeProtectedHeader } from 'jose'
import { z } from 'zod'
import type { ClientId, SessionId, UserId } from '../domain/ids.ts'
import type { Keyring } from './keyring.ts'

export interface IdTokenHint {
  readonly subject: UserId
  readonly sessionId: SessionId | undefined
  readonly clientId: ClientId
}

export interface IdTokenHintDeps {
  readonly keyring: Pick<Keyring, 'getJwks'>
  readonly issuer: string
}

const algorithms = ['RS256', 'ES256', 'EdDSA', 'Ed25519']

/** Ours have one audience. */
const payload = z.object({ iss: z.string(), sub: z.string(), aud: z.string(), sid: z.string().optional() })

const verify = async (jwt: string, jwks: Parameters<typeof createLocalJWKSet>[0]): Promise<unknown> => {
  try {
    // Access tokens and logout tokens are signed with the same keys.
    const { typ } = decodeProtectedHeader(jwt)
    if (typ !== undefined && typ.toUpperCase() !== 'JWT') return undefined
    const verified = await compactVerify(jwt, createLocalJWKSet(jwks), { algorithms })
    return JSON.parse(new TextDecoder().decode(verified.payload))
  } catch {
    return undefined
  }
}

/** Undefined for what is not an ID token of ours. @throws NoSigningKeyError */
export const createReadIdTokenHint =
  ({ keyring, issuer }: IdTokenHintDeps) =>
  async (jwt: string): Promise<IdTokenHint | undefined> => {
    const { success, data } = payload.safeParse(await verify(jwt, keyring.getJwks()))
    if (!success || data.iss !== issuer) return undefined
    return {
      subject: data.sub as UserId,
      sessionId: data.sid as SessionId | undefined,
      clientId: data.aud as ClientId,
    }
  }

export type ReadIdTokenHint = ReturnType<typeof createReadIdTokenHint>
