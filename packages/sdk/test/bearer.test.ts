import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { bearerFrom, claimsOf, createTokenVerifier, requireBearer, TokenError } from '../src/index.ts'
import { createIssuer, issuer, nowSeconds, someClaims, startedAt } from './issuer.ts'

const at = await createIssuer()

describe('RFC 6750 §2.1: the Authorization header', () => {
  it.each(['Bearer abc', 'bearer abc', 'BEARER   abc', 'Bearer a-._~+/b=='])('accepts %j', header => {
    expect(bearerFrom(header)).toBe(header.split(' ').at(-1))
  })

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer abc,',
    'Bearer "abc"',
    'Bearer abc, Bearer def',
    'Bearer a=b',
    'Bearer abc\n',
    'Bearer\tabc',
    ' Bearer abc',
    'Bearer ä',
    `Bearer ${'a'.repeat(100_000)}`,
  ])('refuses %.40j', header => {
    expect(() => bearerFrom(header)).toThrow(TokenError)
  })

  it.each([undefined, '', 'Basic dXNlcjpwYXNz', 'Bearerabc', 'DPoP abc'])(
    'counts %j as a request without a bearer token',
    header => {
      expect(() => bearerFrom(header)).toThrow(expect.objectContaining({ reason: 'missing' }))
    },
  )
})

describe('requireBearer', () => {
  let keysAreAway = false
  const guard = requireBearer(at.aVerifier())
  const blindGuard = requireBearer(
    createTokenVerifier({
      issuer,
      now: () => startedAt,
      jwks: async () => {
        throw new Error('away')
      },
    }),
  )
  const server = createServer((request, response) => {
    const chosen = keysAreAway ? blindGuard : guard
    void chosen(request, response, () => response.end(claimsOf(request).sub))
  })

  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const get = (path: string, headers: [string, string][] = []) =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { headers })

  it('lets a good token through and hands on its claims', async () => {
    const response = await get('/', [['authorization', `Bearer ${at.aToken()}`]])
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(someClaims.sub)
  })

  it('only names the scheme to a request without a token (RFC 6750 §3.1)', async () => {
    const response = await get('/')
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="api"')
  })

  it('says invalid_token where one was sent (RFC 6750 §3.1)', async () => {
    const response = await get('/', [['authorization', 'Bearer lkr_refresh-token']])
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer error="invalid_token", error_description="Invalid token"',
    )
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({
      status: 401,
      detail: 'Invalid token',
      code: 'INVALID_TOKEN',
    })
  })

  it('says so where the token has expired', async () => {
    const response = await get('/', [['authorization', `Bearer ${at.aToken({ exp: nowSeconds - 1 })}`]])
    expect(response.headers.get('www-authenticate')).toContain('error_description="Token has expired"')
    expect(await response.json()).toMatchObject({ detail: 'Token has expired', code: 'TOKEN_EXPIRED' })
  })

  it('does not look for a token in the query string (draft OAuth 2.1 §5.1)', async () => {
    expect((await get(`/?access_token=${at.aToken()}`)).status).toBe(401)
  })

  it('refuses two Authorization headers, joined by a proxy', async () => {
    const token = at.aToken()
    const response = await get('/', [
      ['authorization', `Bearer ${token}`],
      ['authorization', `Bearer ${token}`],
    ])
    expect(response.status).toBe(401)
  })

  it('answers 503 with Retry-After while the keys cannot be had: nobody is logged out by that', async () => {
    keysAreAway = true
    const response = await get('/', [['authorization', `Bearer ${at.aToken()}`]])
    keysAreAway = false
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(response.headers.has('www-authenticate')).toBe(false)
  })
})
