import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import express, { type NextFunction, type Request, type Response } from 'express'
import {
  type AccessError,
  type AccessOptions,
  type AccessVerifier,
  createAccessCheck,
  createTokenVerifier,
  type DPoP,
  InsufficientScopeError,
  requireBearer,
  requireScope,
  UnavailableError,
} from '../src/index.ts'
import { createIssuer, issuer, nowSeconds, someClaims, startedAt } from './issuer.ts'
import { servers } from './servers.ts'

const at = await createIssuer()

const blind = createTokenVerifier({
  issuer,
  now: () => startedAt,
  jwks: async () => {
    throw new Error('away')
  },
})

describe.each(servers)('a resource server on %s', (_, start) => {
  const ask = async (
    headers: [string, string][],
    options?: AccessOptions,
    verifier: AccessVerifier = at.aVerifier(),
  ) => {
    const server = await start(verifier, options)
    try {
      const answer = await server.send('/orders', { headers })
      return { status: answer.status, headers: answer.headers, text: await answer.text() }
    } finally {
      await server.close()
    }
  }
  const bearer = (token: string): [string, string][] => [['authorization', `Bearer ${token}`]]

  it('lets a good token through and hands on its claims', async () => {
    expect(await ask(bearer(at.aToken()))).toMatchObject({ status: 200, text: someClaims.sub })
  })

  it('tells a request without a token of no error, in a challenge with a parameter (RFC 6750 §3, §3.1)', async () => {
    const { status, headers } = await ask([])
    expect(status).toBe(401)
    expect(headers.get('www-authenticate')).toBe('Bearer realm="api"')
  })

  it('says what is wrong with a token, as a problem (RFC 6750 §3.1, RFC 9457)', async () => {
    const { status, headers, text } = await ask(bearer(at.aToken({ exp: nowSeconds - 1 })))
    expect(status).toBe(401)
    expect(headers.get('www-authenticate')).toBe(
      'Bearer error="invalid_token", error_description="Token has expired"',
    )
    expect(headers.get('content-type')).toContain('application/problem+json')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(JSON.parse(text)).toEqual({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      detail: 'Token has expired',
      code: 'TOKEN_EXPIRED',
    })
  })

  it('tells the log of each refusal, and why', async () => {
    const told: unknown[] = []
    const onRefused = ({ code, ...error }: AccessError) =>
      told.push([code, 'reason' in error ? error.reason : undefined])
    await ask([], { onRefused })
    await ask(bearer(at.aToken({ aud: 'https://other.example' })), { onRefused })
    await ask(bearer(at.aToken()), { onRefused, scope: 'orders:write' })
    await ask(bearer(at.aToken()), { onRefused })
    expect(told).toEqual([
      ['invalid_token', 'missing'],
      ['invalid_token', 'audience'],
      ['insufficient_scope', undefined],
    ])
  })

  it('refuses two Authorization headers', async () => {
    const token = at.aToken()
    expect(await ask([...bearer(token), ...bearer(token)])).toMatchObject({ status: 401 })
  })

  it.each([['profile'], ['profile openid'], [['openid', 'email']], ['']])(
    'lets a token through that has every scope of %j',
    async scope => {
      expect(await ask(bearer(at.aToken()), { scope })).toMatchObject({ status: 200 })
    },
  )

  it('answers 403 with the scopes that are needed (RFC 6750 §3.1)', async () => {
    const { status, headers, text } = await ask(bearer(at.aToken()), { scope: ['openid', 'orders:write'] })
    expect(status).toBe(403)
    expect(headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_scope", ' +
        'error_description="The token does not have the scope that is needed here", ' +
        'scope="openid orders:write"',
    )
    expect(JSON.parse(text)).toMatchObject({ status: 403, code: 'INSUFFICIENT_SCOPE' })
  })

  it('refuses what was revoked, and answers 503 where that can not be told', async () => {
    const revoked = await ask(bearer(at.aToken()), { isRevoked: async ({ jti }) => jti === someClaims.jti })
    expect(revoked.status).toBe(401)
    expect(revoked.headers.get('www-authenticate')).toContain('error="invalid_token"')
    const live = await ask(bearer(at.aToken()), { isRevoked: () => false })
    expect(live.status).toBe(200)
    const unknown = await ask(bearer(at.aToken()), {
      isRevoked: () => {
        throw new Error('away')
      },
    })
    expect(unknown.status).toBe(503)
    expect(unknown.headers.get('retry-after')).toBe('5')
    expect(unknown.headers.has('www-authenticate')).toBe(false)
    expect(JSON.parse(unknown.text)).toMatchObject({ code: 'REVOCATION_UNAVAILABLE' })
  })

  it('answers 503 with Retry-After while the keys can not be had', async () => {
    const { status, headers } = await ask(bearer(at.aToken()), {}, blind)
    expect(status).toBe(503)
    expect(headers.get('retry-after')).toBe('5')
  })

  it('refuses a token that is bound to a key, where it takes bearers alone (RFC 9449 §7.2)', async () => {
    const bound = at.aToken({ cnf: { jkt: 'A'.repeat(43) } })
    expect(await ask(bearer(bound))).toMatchObject({ status: 401 })
    expect(await ask([['authorization', `DPoP ${bound}`]])).toMatchObject({ status: 401 })
  })
})

describe('requireScope, behind requireBearer', () => {
  const app = express()
  const jkt = 'A'.repeat(43)
  const withoutProofs: DPoP = { algorithms: ['ES256'], check: async () => ({ nonce: undefined }) }
  app.get('/open', requireScope('openid'), (_request, response) => void response.send('never'))
  const told: string[] = []
  const onRefused = ({ code }: AccessError) => told.push(code)
  app.use(requireBearer(at.aVerifier(), { dpop: withoutProofs, onRefused }))
  app.get('/read', requireScope('openid profile'), (_request, response) => void response.send('read'))
  app.get('/write', requireScope(['openid', 'write']), (_request, response) => void response.send('never'))
  app.use((_error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    response.sendStatus(500)
  })
  const server = createServer(app)
  beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const get = (path: string, authorization = `Bearer ${at.aToken()}`) =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { headers: { authorization } })

  it('lets a token through that has every scope', async () => {
    expect(await (await get('/read')).text()).toBe('read')
  })

  it('answers 403 as requireBearer would: under the scheme that was used, with what proofs are signed by', async () => {
    const answer = await get('/write')
    expect(answer.status).toBe(403)
    expect(answer.headers.get('www-authenticate')).toMatch(
      /^Bearer error="insufficient_scope", .*write", DPoP algs="ES256"$/,
    )
    const bound = await get('/write', `DPoP ${at.aToken({ cnf: { jkt } })}`)
    expect(bound.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="api", DPoP error="insufficient_scope", .*write", algs="ES256"$/,
    )
    expect(told).toEqual(['insufficient_scope', 'insufficient_scope'])
  })

  it('lets nobody through where requireBearer has not run', async () => {
    expect((await get('/open')).status).toBe(500)
  })
})

describe('the access check', () => {
  const request = {
    method: 'GET',
    target: '/orders',
    authorization: [`Bearer ${at.aToken()}`],
    dpop: [],
  }

  it('says for the log what a refusal was about', async () => {
    const access = await createAccessCheck(at.aVerifier(), { scope: 'admin' })(request)
    if (access.outcome !== 'refused') throw new Error('was allowed')
    expect(access.error).toBeInstanceOf(InsufficientScopeError)
    expect(access.error).toMatchObject({ code: 'insufficient_scope', required: ['admin'] })
  })

  it('keeps the cause of an outage from the wire', async () => {
    const access = await createAccessCheck(at.aVerifier(), {
      isRevoked: () => {
        throw new Error('redis://:hunter2@redis')
      },
    })(request)
    if (access.outcome !== 'refused') throw new Error('was allowed')
    expect(access.error).toBeInstanceOf(UnavailableError)
    expect(String(access.error.cause)).toContain('hunter2')
    expect(access.body).not.toContain('hunter2')
  })

  it('throws what is a fault of the program, rather than to call it a bad token', async () => {
    const broken: AccessVerifier = {
      verify: async () => {
        throw new RangeError('a fault')
      },
    }
    await expect(createAccessCheck(broken)(request)).rejects.toThrow(RangeError)
  })

  it.each([{ cnf: 'key' }, { cnf: [] }, { cnf: null }, { cnf: { 'x5t#S256': 'A' } }, { cnf: {} }])(
    'refuses a token that is bound in a way that it can not check: %j',
    async claims => {
      const authorization = [`Bearer ${at.aToken(claims)}`]
      const access = await createAccessCheck(at.aVerifier())({ ...request, authorization })
      expect(access).toMatchObject({ outcome: 'refused', status: 401 })
    },
  )
})
