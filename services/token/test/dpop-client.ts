/** A client's DPoP key, and proofs that differ from a good one in what a test names. `jose` alone makes them. */
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'

export interface ProofOptions {
  readonly method?: string
  readonly url: string
  readonly nonce?: string | undefined
  readonly accessToken?: string
  readonly claims?: Readonly<Record<string, unknown>>
}

export const createDpopClient = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const jkt = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
  const athOf = (accessToken: string) => createHash('sha256').update(accessToken).digest('base64url')

  const aProof = ({ method = 'POST', url, nonce, accessToken, claims }: ProofOptions): Promise<string> =>
    new SignJWT({
      jti: randomUUID(),
      htm: method,
      htu: url,
      nonce,
      ath: accessToken === undefined ? undefined : athOf(accessToken),
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } })
      .setIssuedAt()
      .sign(privateKey)

  return { jkt, aProof }
}

export type DpopClient = ReturnType<typeof createDpopClient>
