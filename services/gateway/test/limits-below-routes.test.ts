/** CVE-2025-64102: whatever route is added to the table, it is counted, by address and by subnet. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { routes } from '../src/routes.ts'
import { type GatewayUnderTest, startGatewayUnderTest } from './gateway-under-test.ts'

let gateway: GatewayUnderTest
beforeAll(async () => {
  const buckets = ['', 'LOGIN_', 'REGISTER_', 'REFRESH_', 'PASSWORD_RESET_', 'VERIFICATION_RESEND_']
  gateway = await startGatewayUnderTest({
    TRUSTED_PROXIES: '127.0.0.0/8',
    RATE_LIMIT_SUBNET_FACTOR: '3',
    ...Object.fromEntries(buckets.map(bucket => [`RATE_LIMIT_${bucket}MAX_REQUESTS`, '2'])),
  })
})
afterAll(() => gateway.close())

const send = async (method: string, path: string, address: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { 'X-Forwarded-For': address, ...headers },
  })
  await response.arrayBuffer()
  return response
}

const all = routes.flatMap(({ methods, path, bearer }) =>
  methods.map(method => [method, path.replaceAll(/:\w+/g, 'x').replace('*', 'x'), bearer] as const),
)

describe('limits below the routes', () => {
  it.each(all)('%s %s', async (method, path) => {
    await gateway.store.flushall()
    const burst = await Promise.all(Array.from({ length: 6 }, () => send(method, path, '198.51.100.7')))
    expect(burst.filter(({ status }) => status === 429)).toHaveLength(4)
  })

  it('are the same for whoever writes an address of their own into a header', async () => {
    await gateway.store.flushall()
    const burst = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        send('POST', '/auth/login', `10.0.0.${index}, 198.51.100.7`, {
          Forwarded: `for=10.0.1.${index}`,
          'X-Real-IP': `10.0.2.${index}`,
          'True-Client-IP': `10.0.3.${index}`,
        }),
      ),
    )
    expect(burst.filter(({ status }) => status === 200)).toHaveLength(2)
  })

  it.each([
    ['an IPv4 /24', (index: number) => `198.51.100.${index + 1}`],
    ['an IPv6 /48', (index: number) => `2001:db8:7:${index + 1}::1`],
  ])('hold for %s together: a burst from ever new addresses of it', async (_what, addressOf) => {
    await gateway.store.flushall()
    const burst = await Promise.all(
      Array.from({ length: 20 }, (_, index) => send('POST', '/auth/login', addressOf(index))),
    )
    expect(burst.filter(({ status }) => status === 200)).toHaveLength(6)
    const refused = burst.find(({ status }) => status === 429)
    expect(refused?.headers.get('ratelimit-policy')).toBe('"login-subnet";q=6;w=60')
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await send('POST', '/auth/login', '192.0.2.1')).status).toBe(200)
  })

  it('take nothing from the neighbours of who is stopped by their own', async () => {
    await gateway.store.flushall()
    for (let index = 0; index < 12; index += 1) await send('POST', '/auth/login', '198.51.100.1')
    expect((await send('POST', '/auth/login', '198.51.100.2')).status).toBe(200)
  })
})
