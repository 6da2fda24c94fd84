import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { type GatewayUnderTest, startGatewayUnderTest } from './gateway-under-test.ts'

let gateway: GatewayUnderTest

beforeAll(async () => {
  gateway = await startGatewayUnderTest({ RATE_LIMIT_ALLOWLIST: '127.0.0.0/8' })
  await gateway.store.set('revocation:epoch', 'e1')
})
afterAll(() => gateway.close())
beforeEach(async () => {
  gateway.seen.length = 0
  gateway.ended.clear()
})

const me = (authorization?: string) =>
  fetch(`${gateway.url}/auth/me`, {
    headers: authorization === undefined ? {} : { Authorization: authorization },
  })

describe('bearers', () => {
  it('lets a good token through, with its header untouched, and records the use of its session', async () => {
    const bearer = `Bearer ${await gateway.token({ sid: 'used' })}`
    expect((await me(bearer)).status).toBe(200)
    expect(gateway.seen[0]?.headers.authorization).toBe(bearer)
    await eventually(async () => expect(gateway.activities).toContain('used'))
  })

  it('refuses a missing one with the scheme alone (RFC 6750 §3.1)', async () => {
    const response = await me()
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="api"'])
    expect(await response.json()).toMatchObject({ code: 'INVALID_TOKEN', detail: 'Invalid token' })
  })

  it('refuses malformed, foreign and expired ones with the documented sentences', async () => {
    for (const bearer of ['Bearer x', 'Bearer lkr_abc', 'Basic YTpi', `Bearer ${await gateway.token()}x`]) {
      expect(await (await me(bearer)).json()).toMatchObject({ status: 401, detail: 'Invalid token' })
    }
    const expired = await me(`Bearer ${await gateway.token({ expiresIn: '-1s' })}`)
    expect(await expired.json()).toMatchObject({
      status: 401,
      code: 'TOKEN_EXPIRED',
      detail: 'Token has expired',
    })
    expect(expired.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(gateway.seen).toEqual([])
  })

  it('does not look for tokens in the query (draft OAuth 2.1 §5.1)', async () => {
    const response = await fetch(`${gateway.url}/auth/me?access_token=${await gateway.token()}`)
    expect(response.status).toBe(401)
  })

  it('refuses a token of a session with a marker, and a token with one', async () => {
    await gateway.store.set('session_ended:s-marked', 'logout')
    expect((await me(`Bearer ${await gateway.token({ sid: 's-marked' })}`)).status).toBe(401)
    await gateway.store.set('blacklist:j-marked', 's9')
    expect((await me(`Bearer ${await gateway.token({ jti: 'j-marked' })}`)).status).toBe(401)
  })

  it('asks the session service when Redis has lost what it held, so that revoked stays revoked', async () => {
    await gateway.redis.flush()
    gateway.ended.add('s-ended')
    expect((await me(`Bearer ${await gateway.token({ sid: 's-ended' })}`)).status).toBe(401)
    expect((await me(`Bearer ${await gateway.token({ sid: 's-live' })}`)).status).toBe(200)
    await gateway.store.set('revocation:epoch', 'e2')
  })

  it('answers 503 when neither Redis nor the session service can tell', async () => {
    await gateway.redis.flush()
    await gateway.rpcs.session.close(0)
    const response = await me(`Bearer ${await gateway.token({ sid: 's-new' })}`)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2'])
  })
})
