/** The token service as others need it to judge bearers: a key, its published set, and tokens that it signed. */
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import { startHttpServer } from '@latchkey/runtime/http'
import { createUuid } from '@latchkey/runtime/ids'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { quietLogger } from './quiet-logger.ts'

export interface TokenDifferences {
  readonly audience?: string
  /** As jose writes it: `15m`, `-1s`. */
  readonly expiresIn?: string
  readonly typ?: string
}

export type Claims = Readonly<Record<string, unknown>>

/** Signs as the PUBLIC_URL `issuer`. */
export const createTokenIssuer = async (issuer: string) => {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const kid = 'test-key'
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }] }

  /** A first-party access token; `claims` say whose, and win over its usual ones. */
  const sign = (claims: Claims, { audience, expiresIn, typ }: TokenDifferences = {}): Promise<string> =>
    new SignJWT({ client_id: 'latchkey', type: 'access', scope: 'openid', jti: createUuid(), ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: typ ?? 'at+jwt', kid })
      .setIssuer(issuer)
      .setAudience(audience ?? issuer)
      .setIssuedAt()
      .setExpirationTime(expiresIn ?? '15m')
      .sign(privateKey)

  /** Publishes the keys on an internal port, for `caller` alone. */
  const serve = (tls: TlsMaterial, caller: string) =>
    startHttpServer({
      app: (_req, res) => res.setHeader('Content-Type', 'application/json').end(JSON.stringify(jwks)),
      port: 0,
      host: '127.0.0.1',
      tls,
      allowedCallers: [caller],
      logger: quietLogger,
    })

  return { jwks, sign, serve }
}
