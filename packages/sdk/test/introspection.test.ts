import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  createAccessCheck,
  createIntrospection,
  type IntrospectionOptions,
  TokenError,
  UnavailableError,
} from '../src/index.ts'
import { createIssuer, issuer, nowSeconds, someClaims, startedAt } from './issuer.ts'

const at = await createIssuer()
const { type: _, ...introspected } = someClaims
const active = { active: true, token_type: 'Bearer', ...introspected }

/** An endpoint that answers what a test told it to, and knows what it was asked. */
const state = {
  status: 200,
  answer: active as unknown,
  asked: [] as { authorization: string; form: string }[],
}

const server = createServer(async (request, response) => {
  state.asked.push({ authorization: request.headers.authorization ?? '', form: await text(request) })
  response.writeHead(state.status, { 'content-type': 'application/json' }).end(JSON.stringify(state.answer))
})
beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const anIntrospection = (options: Partial<IntrospectionOptions> = {}) => {
  Object.assign(state, { status: 200, answer: active, asked: [] })
  return createIntrospection({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth/introspect`,
    clientId: 'api:1',
    clientSecret: 'a secret/+ä',
    issuer,
    now: () => startedAt,
    ...options,
  })
}

const refusal = async (work: Promise<unknown>) => {
  const error = await work.catch((caught: unknown) => caught)
  if (!(error instanceof TokenError)) throw new Error('was accepted, or failed otherwise', { cause: error })
  return error.reason
}

describe('RFC 7662: introspection', () => {
  it('asks as a confidential client, with the token in the body', async () => {
    const claims = await anIntrospection().verify('opaque')
    expect(claims).toMatchObject({ sub: someClaims.sub, scope: someClaims.scope })
    expect(Object.isFrozen(claims)).toBe(true)
    expect(state.asked).toEqual([
      {
        // RFC 6749 §2.3.1: both are form-encoded first.
        authorization: `Basic ${Buffer.from('api%3A1:a+secret%2F%2B%C3%A4').toString('base64')}`,
        form: 'token=opaque&token_type_hint=access_token',
      },
    ])
  })

  it('refuses what is not active, whatever else is said', async () => {
    const introspection = anIntrospection()
    state.answer = { ...active, active: false }
    expect(await refusal(introspection.verify('opaque'))).toBe('inactive')
  })

  it.each([
    ['another issuer', { iss: 'https://evil.example' }, 'issuer'],
    ['another audience', { aud: ['https://other.example'] }, 'audience'],
    ['the past', { exp: nowSeconds }, 'expired'],
    ['no subject', { sub: undefined }, 'claims'],
    ['no known type: a refresh token, say', { token_type: undefined }, 'type'],
    ['another type', { token_type: 'N_A' }, 'type'],
    ['a key, sent as a bearer', { cnf: { jkt: 'a' } }, 'binding'],
  ])('refuses a token of %s', async (__, claims, reason) => {
    const introspection = anIntrospection()
    state.answer = { ...active, ...claims }
    expect(await refusal(introspection.verify('opaque'))).toBe(reason)
  })

  it.each([
    [401, active],
    [500, active],
    [200, {}],
    [200, { active: 'true' }],
    [200, null],
  ])('counts %d with %j as an outage, which is nobody’s 401', async (status, answer) => {
    const introspection = anIntrospection()
    Object.assign(state, { status, answer })
    await expect(introspection.verify('opaque')).rejects.toThrow(UnavailableError)
    Object.assign(state, { status: 200, answer: active })
    await expect(introspection.verify('opaque')).resolves.toBeDefined()
  })

  it('counts an endpoint that can not be reached as an outage', async () => {
    const introspection = anIntrospection({ endpoint: 'http://127.0.0.1:1/' })
    await expect(introspection.verify('opaque')).rejects.toMatchObject({ code: 'introspection_unavailable' })
  })
})

describe('what introspection said', () => {
  it('holds for as long as told and no longer, yes and no alike', async () => {
    let now = startedAt
    const introspection = anIntrospection({ cacheSeconds: 10, now: () => now })
    await introspection.verify('good')
    state.answer = { active: false }
    await refusal(introspection.verify('bad'))
    now = new Date(startedAt.getTime() + 9_999)
    await introspection.verify('good')
    await refusal(introspection.verify('bad'))
    expect(state.asked).toHaveLength(2)
    now = new Date(startedAt.getTime() + 10_000)
    expect(await refusal(introspection.verify('good'))).toBe('inactive')
    expect(state.asked).toHaveLength(3)
  })

  it('never outlives the token', async () => {
    let now = startedAt
    const introspection = anIntrospection({ cacheSeconds: 3600, now: () => now })
    await introspection.verify('good')
    now = new Date((nowSeconds + 900) * 1000)
    expect(await refusal(introspection.verify('good'))).toBe('expired')
    expect(state.asked).toHaveLength(1)
  })

  it('is asked for once by many requests at a time, and every time where told', async () => {
    const introspection = anIntrospection()
    await Promise.all(Array.from({ length: 20 }, () => introspection.verify('good')))
    expect(state.asked).toHaveLength(1)
    const forgetful = anIntrospection({ cacheSeconds: 0 })
    await forgetful.verify('good')
    await forgetful.verify('good')
    expect(state.asked).toHaveLength(2)
  })

  it('makes room for others once the memory is full', async () => {
    const introspection = anIntrospection({ cacheSize: 1 })
    for (const token of ['first', 'second', 'second', 'first']) await introspection.verify(token)
    expect(state.asked).toHaveLength(3)
  })
})

describe('introspection after offline verification', () => {
  it('refuses a token that verifies and was revoked', async () => {
    const { isRevoked } = anIntrospection()
    const check = createAccessCheck(at.aVerifier(), { isRevoked })
    const token = at.aToken()
    const request = { method: 'GET', target: '/', authorization: [`Bearer ${token}`], dpop: [] }
    expect(await check(request)).toMatchObject({ outcome: 'allowed' })
    const revoked = createAccessCheck(at.aVerifier(), { isRevoked: anIntrospection().isRevoked })
    state.answer = { active: false }
    expect(await revoked(request)).toMatchObject({ outcome: 'refused', error: { reason: 'revoked' } })
    expect(state.asked.at(-1)?.form).toContain(token)
  })
})
