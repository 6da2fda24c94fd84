import { describe, expect, it } from '@jest/globals'
import {
  createIntrospection,
  createTokenVerifier,
  TokenError,
  type TokenVerifierOptions,
} from '../src/index.ts'
import { createIssuer, issuer, nowSeconds, signText, someClaims, startedAt } from './issuer.ts'

const at = await createIssuer()

const refusal = async (token: string, verifier = at.aVerifier()) => {
  const error = await verifier.verify(token).catch((caught: unknown) => caught)
  if (!(error instanceof TokenError)) throw new Error('was accepted, or failed otherwise', { cause: error })
  return { code: error.code, reason: error.reason }
}

describe('RFC 9068 §2: an access token', () => {
  it('is accepted as an independent library signs it', async () => {
    const claims = await at.aVerifier().verify(await at.aTokenByJose())
    expect(claims).toMatchObject({ sub: someClaims.sub, sid: someClaims.sid, client_id: 'latchkey' })
  })

  it('is accepted with the long form of its type', async () => {
    const token = at.aToken({}, { typ: 'application/at+jwt' })
    await expect(at.aVerifier().verify(token)).resolves.toMatchObject({ sub: someClaims.sub })
  })

  it.each(['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'])('is refused without %s', async claim => {
    const { [claim]: _, ...others } = someClaims as Record<string, unknown>
    const token = signText(
      at.privateKey,
      JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: at.kid }),
      JSON.stringify(others),
    )
    expect(await refusal(token)).toMatchObject({ code: 'invalid_token' })
  })

  it.each([
    { sub: 7 },
    { sub: '' },
    { client_id: ['latchkey'] },
    { jti: null },
    { sid: { $ne: null } },
    { scope: ['admin'] },
    { iat: '1' },
    { exp: '9999999999' },
    { auth_time: 'now' },
    { amr: 'pwd' },
  ])('is refused with a claim of another type: %j', async claims => {
    expect(await refusal(at.aToken(claims))).toMatchObject({ code: 'invalid_token' })
  })
})

describe('RFC 9068 §4: validating an access token', () => {
  it.each([undefined, 'JWT', 'id_token+jwt', 'logout+jwt', 'dpop+jwt', 7])(
    'refuses the type %p, an ID token among them',
    async typ => {
      expect(await refusal(at.aToken({}, { typ }))).toEqual({ code: 'invalid_token', reason: 'type' })
    },
  )

  it.each([`${issuer}/`, 'https://ID.example', 'https://evil.example', [issuer]])(
    'refuses the issuer %p: it must be identical',
    async iss => {
      expect(await refusal(at.aToken({ iss }))).toMatchObject({ reason: 'issuer' })
    },
  )

  it('refuses a token for another audience', async () => {
    expect(await refusal(at.aToken({ aud: ['https://other.example'] }))).toMatchObject({ reason: 'audience' })
  })

  it('accepts a token for several audiences, ours among them', async () => {
    const token = at.aToken({ aud: ['https://other.example', 'https://api.example'] })
    const verifier = at.aVerifier({ audience: 'https://api.example' })
    await expect(verifier.verify(token)).resolves.toMatchObject({ sub: someClaims.sub })
  })

  it('refuses a token from the second in which it expires, and says so', async () => {
    const token = at.aToken({ exp: nowSeconds })
    expect(await refusal(token)).toEqual({ code: 'token_expired', reason: 'expired' })
    expect(await refusal(at.aToken({ exp: nowSeconds - 900 }))).toMatchObject({ code: 'token_expired' })
  })

  it('does not say of a foreign or forged token that it has expired', async () => {
    const stranger = await createIssuer(at.kid)
    expect(await refusal(stranger.aToken({ exp: nowSeconds - 1 }))).toMatchObject({ reason: 'signature' })
    const foreign = at.aToken({ exp: nowSeconds - 1, iss: 'https://evil.example' })
    expect(await refusal(foreign)).toMatchObject({ reason: 'issuer' })
  })

  it('refuses a token before its time', async () => {
    expect(await refusal(at.aToken({ nbf: nowSeconds + 10 }))).toMatchObject({ reason: 'not_yet_valid' })
  })

  it('allows for clocks that differ, where told by how much', async () => {
    const verifier = at.aVerifier({ clockToleranceSeconds: 10 })
    await expect(verifier.verify(at.aToken({ exp: nowSeconds - 5 }))).resolves.toBeDefined()
    expect(await refusal(at.aToken({ exp: nowSeconds - 10 }), verifier)).toMatchObject({ reason: 'expired' })
  })
})

describe('a verifier that would check nothing', () => {
  it.each([{ issuer: '' }, { issuer: undefined }, { audience: '' }, { audience: ['https://api.example'] }])(
    'is not made: %j',
    wrong => {
      const options = { issuer, jwks: async () => at.jwks, ...wrong } as TokenVerifierOptions
      expect(() => createTokenVerifier(options)).toThrow(TypeError)
      const endpoint = { endpoint: `${issuer}/oauth/introspect`, clientId: 'c', clientSecret: 's' }
      expect(() => createIntrospection({ ...endpoint, ...options })).toThrow(TypeError)
    },
  )
})

describe('RFC 7519 §4: duplicate claims', () => {
  it('count with their last occurrence, so that nothing can hide behind the first', async () => {
    const header = JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: at.kid })
    const body = JSON.stringify(someClaims).slice(0, -1)
    const token = signText(at.privateKey, header, `${body},"iss":"https://evil.example"}`)
    expect(await refusal(token)).toMatchObject({ reason: 'issuer' })
  })
})

describe('a verified token', () => {
  it('is remembered, yet expires to the second', async () => {
    let now = startedAt
    const verifier = at.aVerifier({ now: () => now })
    const token = at.aToken({ exp: nowSeconds + 60 })
    const claims = await verifier.verify(token)
    now = new Date(startedAt.getTime() + 59_000)
    expect(await verifier.verify(token)).toBe(claims)
    now = new Date(startedAt.getTime() + 60_000)
    expect(await refusal(token, verifier)).toMatchObject({ code: 'token_expired' })
    expect(await refusal(token, verifier)).toMatchObject({ code: 'token_expired' })
  })

  it('is remembered as a whole: the same claims under another signature are refused', async () => {
    const verifier = at.aVerifier()
    const token = at.aToken()
    await verifier.verify(token)
    const [header, payload] = token.split('.')
    const stranger = await createIssuer(at.kid)
    const otherSignature = stranger.aToken().split('.')[2]
    expect(await refusal(`${header}.${payload}.${otherSignature}`, verifier)).toMatchObject({
      reason: 'signature',
    })
  })

  it('makes room for others once the memory is full', async () => {
    const verifier = at.aVerifier({ cacheSize: 1 })
    const [first, second] = [at.aToken({ jti: 'a' }), at.aToken({ jti: 'b' })]
    const claims = await verifier.verify(first)
    await verifier.verify(second)
    expect(await verifier.verify(first)).not.toBe(claims)
  })

  it('cannot be altered by who reads it', async () => {
    const claims = await at.aVerifier().verify(at.aToken())
    expect(Object.isFrozen(claims)).toBe(true)
  })
})
