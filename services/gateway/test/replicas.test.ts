/** A service with several URLs, of which not all are there. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freePort } from '@latchkey/testkit'
import { type GatewayUnderTest, startGatewayUnderTest } from './gateway-under-test.ts'

describe('a replica that is away', () => {
  let gateway: GatewayUnderTest
  beforeAll(async () => {
    const nobody = `https://127.0.0.1:${await freePort()}`
    gateway = await startGatewayUnderTest(({ identity, token }) => ({
      RATE_LIMIT_ALLOWLIST: '127.0.0.0/8',
      IDENTITY_URL: `${nobody},${identity}`,
      TOKEN_URL: `${nobody},${token}`,
      SESSION_URL: `${nobody}`,
    }))
  })
  afterAll(() => gateway.close())

  it('costs no request: another one gets it, body and all, once', async () => {
    const bodies = Array.from({ length: 20 }, (_, count) => `{"email":"${count}"}`)
    const responses = await Promise.all(
      bodies.map(body => fetch(`${gateway.url}/auth/login`, { method: 'POST', body })),
    )
    expect(responses.map(({ status }) => status)).toEqual(bodies.map(() => 200))
    expect(gateway.seen.map(({ body }) => body).toSorted()).toEqual(bodies.toSorted())
  })

  it('is tried again, without a request being lost to it each time', async () => {
    for (let round = 1; round <= 3; round += 1) {
      await new Promise(resolve => setTimeout(resolve, 1_050))
      const responses = await Promise.all(
        [1, 2, 3, 4].map(() => fetch(`${gateway.url}/auth/login`, { method: 'POST', body: '{}' })),
      )
      expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    }
  })

  it('is a 503 with Retry-After where there is no other', async () => {
    const response = await fetch(`${gateway.url}/auth/logout`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${await gateway.token()}` },
    })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2'])
  })
})
