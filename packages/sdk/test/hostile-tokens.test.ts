import { createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { SignJWT } from 'jose'
import { TokenError } from '../src/index.ts'
import { createIssuer, signText, someClaims } from './issuer.ts'

const at = await createIssuer()
const stranger = await createIssuer('stranger')

const refusal = async (token: string) => {
  const error = await at
    .aVerifier()
    .verify(token)
    .catch((caught: unknown) => caught)
  if (!(error instanceof TokenError)) throw new Error('was accepted, or failed otherwise', { cause: error })
  return error.reason
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('RFC 8725 §3.1: algorithms', () => {
  it.each(['none', 'None', 'NONE', 'nOnE'])('refuses the unsigned token of alg %p', async alg => {
    const unsigned = `${base64url({ alg, typ: 'at+jwt', kid: at.kid })}.${base64url(someClaims)}.`
    expect(['algorithm', 'malformed']).toContain(await refusal(unsigned))
    const signed = at.aToken({}, { alg })
    expect(['algorithm', 'malformed']).toContain(await refusal(signed))
  })

  it.each([at.publicKey.export({ type: 'spki', format: 'pem' }).toString(), JSON.stringify(at.jwk), ''])(
    'refuses HS256, keyed with the published key or with nothing',
    async secret => {
      const signed = `${base64url({ alg: 'HS256', typ: 'at+jwt', kid: at.kid })}.${base64url(someClaims)}`
      const mac = createHmac('sha256', secret).update(signed).digest('base64url')
      expect(await refusal(`${signed}.${mac}`)).toBe('algorithm')
    },
  )

  it.each(['RS256', 'EdDSA', 'ES384', 'ES256K', 'PS256', 'es256', '', null, 7, ['ES256']])(
    'refuses %p for a key of ES256',
    async alg => {
      expect(await refusal(at.aToken({}, { alg }))).toMatch(/algorithm|key|malformed/)
    },
  )

  it('refuses an ECDSA signature of zeroes (CVE-2022-21449)', async () => {
    const [header, payload] = at.aToken().split('.')
    expect(await refusal(`${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`)).toBe('signature')
  })
})

describe('RFC 8725 §3.10: keys that a token brings along', () => {
  it.each([
    { jwk: stranger.jwk },
    { jku: 'https://evil.example/jwks.json' },
    { x5u: 'https://evil.example/cert.pem' },
    { x5c: ['MIIB'] },
    { jwk: stranger.jwk, kid: 'stranger' },
  ])('are ignored: %j', async header => {
    const token = await new SignJWT(someClaims)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: at.kid, ...header } as never)
      .sign(stranger.privateKey)
    expect(['signature', 'key']).toContain(await refusal(token))
  })

  it('do not keep a good token from being accepted', async () => {
    const token = at.aToken({}, { jku: 'https://evil.example/jwks.json' })
    await expect(at.aVerifier().verify(token)).resolves.toBeDefined()
  })
})

describe('RFC 8725 §3.10: a hostile kid', () => {
  it.each([
    '../../../../dev/null',
    "' OR 1=1; --",
    '__proto__',
    'constructor',
    '\u0000',
    'k'.repeat(100_000 / 20),
    '',
    7,
    null,
    true,
    ['key-1'],
    { toString: 'key-1' },
    undefined,
  ])('does nothing: %.40p', async kid => {
    expect(await refusal(at.aToken({}, { kid }))).toMatch(/key|malformed/)
  })
})

describe('RFC 7515 §4.1.11: crit', () => {
  it.each([{ crit: ['exp'], exp: 1 }, { crit: [] }, { crit: ['b64'], b64: false }, { crit: 'kid' }])(
    'refuses an extension that is not understood: %j',
    async header => {
      expect(await refusal(at.aToken({}, header))).toMatch(/malformed|signature/)
    },
  )
})

describe('RFC 7515 §5.2: the form of a token', () => {
  const good = at.aToken()
  const [header = '', payload = '', signature = ''] = good.split('.')

  it.each([
    ['nothing', ''],
    ['dots', '..'],
    ['two parts', `${header}.${payload}`],
    ['an empty signature', `${header}.${payload}.`],
    ['four parts', `${good}.`],
    ['five parts, as of a JWE', `${good}.a.b`],
    ['a leading dot', `.${good}`],
    ['padding', `${header}.${payload}.${signature}==`],
    ['the other base64 alphabet', `${header}.${payload}.${'+/'.repeat(43)}`],
    ['white space', `${header}.${payload}. ${signature}`],
    ['a line feed at the end', `${good}\n`],
    ['a header that is no JSON', `e30x.${payload}.${signature}`],
    ['a header that is a list', `${base64url([])}.${payload}.${signature}`],
    ['a header that is null', `${base64url(null)}.${payload}.${signature}`],
    ['a cut signature', good.slice(0, -10)],
    ['another payload', `${header}.${base64url({ ...someClaims, sub: 'admin' })}.${signature}`],
    ['a huge header', `${'A'.repeat(1_000_000)}.${payload}.${signature}`],
    ['a huge payload', `${header}.${'A'.repeat(1_000_000)}.${signature}`],
  ])('refuses %s', async (_, token) => {
    expect(await refusal(token)).toMatch(/malformed|signature/)
  })

  it.each(['null', '[]', '"text"', '7', '{', '', '{"iss":\ud800}'])(
    'refuses signed claims of %j',
    async body => {
      const text = JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: at.kid })
      expect(await refusal(signText(at.privateKey, text, body))).toBe('malformed')
    },
  )

  it('refuses duplicate header members in favour of the last', async () => {
    const text = `{"alg":"ES256","typ":"at+jwt","kid":"${at.kid}","alg":"none"}`
    expect(await refusal(signText(at.privateKey, text, JSON.stringify(someClaims)))).toMatch(
      /algorithm|malformed/,
    )
  })
})
