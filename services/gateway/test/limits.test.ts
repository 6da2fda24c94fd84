import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type GatewayUnderTest, startGatewayUnderTest } from './gateway-under-test.ts'

let gateway: GatewayUnderTest

beforeAll(async () => {
  gateway = await startGatewayUnderTest({ TRUSTED_PROXIES: '127.0.0.0/8', RATE_LIMIT_MAX_REQUESTS: '3' })
  await gateway.store.set('revocation:epoch', 'e1')
})
afterAll(() => gateway.close())

const post = (path: string, address: string) =>
  fetch(`${gateway.url}${path}`, { method: 'POST', headers: { 'X-Forwarded-For': address } })

const statuses = (responses: readonly Response[]) => {
  const counts = new Map<number, number>()
  for (const { status } of responses) counts.set(status, (counts.get(status) ?? 0) + 1)
  return Object.fromEntries(counts)
}

describe('rate limits', () => {
  it('let ten logins of a burst of forty through, and tell the others when to come back', async () => {
    const responses = await Promise.all(Array.from({ length: 40 }, () => post('/auth/login', '198.51.100.1')))
    expect(statuses(responses)).toEqual({ 200: 10, 429: 30 })
    const refused = responses.find(({ status }) => status === 429)
    expect(await refused?.json()).toMatchObject({ code: 'RATE_LIMITED', detail: 'Rate limit exceeded' })
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused?.headers.get('x-ratelimit-limit')).toBe('10')
    expect(refused?.headers.get('x-ratelimit-remaining')).toBe('0')
    expect(refused?.headers.get('ratelimit-policy')).toBe('"login";q=10;w=60')
  })

  it('count by the address that the trusted proxy saw, so rotating headers gains nothing', async () => {
    const responses = await Promise.all(
      Array.from({ length: 12 }, (_, index) => post('/auth/login', `10.9.9.${index}, 198.51.100.2`)),
    )
    expect(statuses(responses)).toEqual({ 200: 10, 429: 2 })
  })

  it('count an IPv6 /64 as one subject', async () => {
    const responses = await Promise.all(
      Array.from({ length: 12 }, (_, index) => post('/auth/login', `2001:db8::${index + 1}`)),
    )
    expect(statuses(responses)).toEqual({ 200: 10, 429: 2 })
  })

  it('stop who sends too much, and none of their neighbours meanwhile', async () => {
    // More at once, all of them in this process, and on a busy machine the gateway may count by itself for a moment.
    const flood = Array.from({ length: 60 }, () => post('/auth/login', '198.51.100.40'))
    const neighbours = Array.from({ length: 10 }, () => post('/auth/login', '198.51.100.41'))
    expect(statuses(await Promise.all(neighbours))).toEqual({ 200: 10 })
    expect(statuses(await Promise.all(flood))).toEqual({ 200: 10, 429: 50 })
  })

  it.each([
    [400, 93],
    [413, 94],
    [415, 95],
  ])('give a registration with invalid input (%d) back', async (status, host) => {
    const from = `198.51.100.${host}`
    gateway.answers.set('/auth/register', { status })
    for (let index = 0; index < 12; index += 1) {
      expect((await post('/auth/register', from)).status).toBe(status)
    }
    gateway.answers.set('/auth/register', { status: 201 })
    const responses: Response[] = []
    for (let index = 0; index < 11; index += 1) responses.push(await post('/auth/register', from))
    expect(statuses(responses)).toEqual({ 201: 10, 429: 1 })
  })

  it('count a signed-in user by who they are, and a bad bearer by its address', async () => {
    const bearer = await gateway.token({ sub: 'u-limited' })
    const me = (authorization: string, address: string) =>
      fetch(`${gateway.url}/auth/me`, {
        headers: { Authorization: authorization, 'X-Forwarded-For': address },
      })
    const good: Response[] = []
    for (let index = 0; index < 4; index += 1)
      good.push(await me(`Bearer ${bearer}`, `198.51.100.${10 + index}`))
    expect(statuses(good)).toEqual({ 200: 3, 429: 1 })
    const bad: Response[] = []
    for (let index = 0; index < 4; index += 1) bad.push(await me('Bearer x', '198.51.100.20'))
    expect(statuses(bad)).toEqual({ 401: 3, 429: 1 })
  })

  it('are shown to a look at the route with HEAD, which spends nothing', async () => {
    const look = () =>
      fetch(`${gateway.url}/auth/login`, {
        method: 'HEAD',
        headers: { 'X-Forwarded-For': '198.51.100.30' },
      })
    await look()
    expect((await look()).headers.get('x-ratelimit-remaining')).toBe('10')
    await post('/auth/login', '198.51.100.30')
    const { status, headers } = await look()
    expect(status).toBe(405)
    expect(headers.get('x-ratelimit-limit')).toBe('10')
    expect(headers.get('x-ratelimit-remaining')).toBe('9')
    expect(Number(headers.get('x-ratelimit-reset'))).toBeGreaterThan(0)
  })

  it('go on in the process while Redis is away', async () => {
    await gateway.redis.stop()
    const responses = await Promise.all(Array.from({ length: 15 }, () => post('/auth/login', '198.51.100.4')))
    expect(statuses(responses)).toEqual({ 200: 10, 429: 5 })
  })
})
