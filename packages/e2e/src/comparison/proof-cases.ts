/**
 * DPoP proofs and client assertions that no provider may take. Where ours and the certified one differ, the case says who
 * goes by the text, and which text.
 */
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { ComparedCase, Verdict } from './cases.ts'
import type { ComparedProvider, Outcome } from './provider.ts'

const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const own = keyPair()
const strangers = keyPair()

const nowSeconds = () => Math.floor(Date.now() / 1_000)

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

type Claims = Readonly<Record<string, unknown>>

interface ProofChanges {
  readonly claims?: Claims
  readonly header?: Readonly<Record<string, unknown>>
  readonly key?: KeyObject
}

const aProof = (url: string, { claims = {}, header = {}, key = own.privateKey }: ProofChanges = {}) =>
  new SignJWT({ jti: randomUUID(), htm: 'POST', htu: url, iat: nowSeconds(), ...claims })
    .setProtectedHeader({
      alg: 'ES256',
      typ: 'dpop+jwt',
      jwk: own.publicKey.export({ format: 'jwk' }),
      ...header,
    })
    .sign(key)

const redeem = async (provider: ComparedProvider, proof: string): Promise<Outcome> => {
  const { app } = provider
  const body = provider.encode(provider.tokenRequest(await provider.getCode(app), app))
  return provider.post('token_endpoint', body, {}, { DPoP: proof })
}

const redeemWith =
  (changesFor: (provider: ComparedProvider) => ProofChanges) =>
  async (provider: ComparedProvider): Promise<Outcome> =>
    redeem(provider, await aProof(provider.urlOf('token_endpoint'), changesFor(provider)))

const granted: Verdict = { status: 200, error: undefined }
const refused: Verdict = { status: 400, error: 'invalid_dpop_proof' }

export const proofCases: readonly ComparedCase[] = [
  { name: 'nothing: a proof that is right', run: redeemWith(() => ({})), both: granted },
  {
    name: 'nothing: an address with a query and a fragment',
    run: redeemWith(provider => ({ claims: { htu: `${provider.urlOf('token_endpoint')}?a=b#c` } })),
    both: granted,
  },
  { name: 'a proof that is no JWT', run: provider => redeem(provider, 'nonsense'), both: refused },
  { name: 'another typ', run: redeemWith(() => ({ header: { typ: 'JWT' } })), both: refused },
  {
    name: 'a proof without a signature',
    run: provider => {
      const header = { alg: 'none', typ: 'dpop+jwt', jwk: own.publicKey.export({ format: 'jwk' }) }
      const claims = { jti: 'x', htm: 'POST', htu: provider.urlOf('token_endpoint'), iat: nowSeconds() }
      return redeem(provider, `${base64url(header)}.${base64url(claims)}.`)
    },
    both: refused,
  },
  { name: 'a stranger’s signature', run: redeemWith(() => ({ key: strangers.privateKey })), both: refused },
  {
    name: 'a private key in the proof',
    run: redeemWith(() => ({ header: { jwk: own.privateKey.export({ format: 'jwk' }) } })),
    both: refused,
  },
  { name: 'no key in the proof', run: redeemWith(() => ({ header: { jwk: undefined } })), both: refused },
  { name: 'another method', run: redeemWith(() => ({ claims: { htm: 'GET' } })), both: refused },
  { name: 'the method in lower case', run: redeemWith(() => ({ claims: { htm: 'post' } })), both: refused },
  {
    name: 'another address',
    run: redeemWith(() => ({ claims: { htu: 'https://evil.example/token' } })),
    both: refused,
  },
  { name: 'no address', run: redeemWith(() => ({ claims: { htu: undefined } })), both: refused },
  { name: 'no jti', run: redeemWith(() => ({ claims: { jti: undefined } })), both: refused },
  { name: 'an empty jti', run: redeemWith(() => ({ claims: { jti: '' } })), both: refused },
  { name: 'no iat', run: redeemWith(() => ({ claims: { iat: undefined } })), both: refused },
  {
    name: 'a proof of yesterday',
    run: redeemWith(() => ({ claims: { iat: nowSeconds() - 86_400 } })),
    both: refused,
  },
  {
    name: 'a proof of tomorrow',
    run: redeemWith(() => ({ claims: { iat: nowSeconds() + 86_400 } })),
    both: refused,
  },
  {
    name: 'a nonce of nobody',
    run: redeemWith(() => ({ claims: { nonce: 'nonsense' } })),
    differ: {
      ours: { status: 400, error: 'use_dpop_nonce' },
      theirs: refused,
      because:
        'RFC 9449 §8 answers a nonce that is not ours with use_dpop_nonce; theirs has nonces turned off here',
    },
  },
  {
    name: 'a proof for the second time',
    run: async provider => {
      const proof = await aProof(provider.urlOf('token_endpoint'))
      await redeem(provider, proof)
      return redeem(provider, proof)
    },
    differ: {
      ours: refused,
      theirs: { status: 400, error: 'invalid_grant' },
      because: 'RFC 9449 §5 names invalid_dpop_proof for a proof that does not do; the code is not at fault',
    },
  },
]

/** Confidential, by private_key_jwt with this key. */
export interface Signer {
  readonly id: string
  readonly privateKey: KeyObject
}

const assertionCase = (
  name: string,
  changes: (provider: ComparedProvider, id: string) => Claims,
  verdict: Pick<ComparedCase, 'both' | 'differ'>,
  key?: KeyObject,
) => ({ name, changes, key, ...verdict })

const unauthenticated = { both: { status: 401, error: 'invalid_client' } }
// Of a code that nobody gave: the client was authenticated.
const authenticated: Verdict = { status: 400, error: 'invalid_grant' }

const assertionChanges = [
  assertionCase('nothing: an assertion for the issuer', () => ({}), { both: authenticated }),
  assertionCase('another issuer of the assertion', () => ({ iss: 'nobody' }), unauthenticated),
  assertionCase('an assertion for somebody else', () => ({ aud: 'https://evil.example' }), unauthenticated),
  assertionCase('an assertion for nobody', () => ({ aud: undefined }), unauthenticated),
  assertionCase('an assertion that never expires', () => ({ exp: undefined }), unauthenticated),
  assertionCase('an assertion that has expired', () => ({ exp: nowSeconds() - 300 }), unauthenticated),
  assertionCase('an assertion without jti', () => ({ jti: undefined }), unauthenticated),
  assertionCase('a stranger’s assertion', () => ({}), unauthenticated, strangers.privateKey),
  assertionCase(
    'an assertion for the token endpoint',
    provider => ({ aud: provider.urlOf('token_endpoint') }),
    {
      differ: {
        ours: { status: 401, error: 'invalid_client' },
        theirs: authenticated,
        because: 'FAPI 2.0 §5.3.2.1 and RFC 7523bis take the issuer alone (ADR 12)',
      },
    },
  ),
  assertionCase('an assertion for several', ({ issuer }) => ({ aud: [issuer, 'https://other.example'] }), {
    differ: {
      ours: { status: 401, error: 'invalid_client' },
      theirs: authenticated,
      because: 'FAPI 2.0 §5.3.2.1 takes the issuer as a string: the other audience could pass it on (ADR 12)',
    },
  }),
  assertionCase('an assertion that lives for a year', () => ({ exp: nowSeconds() + 31_536_000 }), {
    differ: {
      ours: { status: 401, error: 'invalid_client' },
      theirs: authenticated,
      because: 'RFC 7523 §3 lets a server refuse an unreasonable exp; CHECKLIST 16 bounds it',
    },
  }),
]

export const assertionCases = (signerOf: (provider: ComparedProvider) => Signer): readonly ComparedCase[] =>
  assertionChanges.map(({ name, changes, key, ...verdict }) => ({
    name,
    ...verdict,
    run: async provider => {
      const { id, privateKey } = signerOf(provider)
      const claims = { iss: id, sub: id, aud: provider.issuer, jti: randomUUID(), exp: nowSeconds() + 60 }
      const assertion = await new SignJWT({ ...claims, ...changes(provider, id) })
        .setProtectedHeader({ alg: 'ES256' })
        .sign(key ?? privateKey)
      const body = provider.encode({
        grant_type: 'authorization_code',
        code: 'nonsense',
        code_verifier: 'a'.repeat(43),
        redirect_uri: provider.app.redirectUri,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
        client_id: id,
      })
      return provider.post('token_endpoint', body)
    },
  }))
