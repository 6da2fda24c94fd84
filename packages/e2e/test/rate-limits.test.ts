/** The limits of SPEC §2.2 with their numbers, headers and subjects (CHECKLIST 34). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { type Answer, call } from '../src/call.ts'
import { aPerson, createDevice, inParallel, type Person, statusesOf } from '../src/person.ts'
import { problemIn } from '../src/problems.ts'
import { type OwnSuite, startSuite } from '../src/suite.ts'

let suite: OwnSuite
let redis: Redis
beforeAll(async () => {
  suite = await startSuite()
  redis = new Redis(suite.redis_url)
  await forgetLimits()
})
afterEach(() => forgetLimits())
afterAll(async () => {
  redis.disconnect()
  await suite.stop()
})

/** As if the windows had passed. */
const forgetLimits = async (): Promise<void> => {
  const keys = await redis.keys('rate_limit:*')
  if (keys.length > 0) await redis.del(keys)
}

/** More at once, and Redis may be slow enough on a busy machine that a gateway counts by itself for a moment. */
const burst = 20

const send = (method: string, path: string, init: Parameters<typeof call>[3] = {}) =>
  call(suite.gateway, method, path, init)

const signInAsNobody = (headers = {}) =>
  send('POST', '/auth/login', { json: { email: aPerson().email, password: 'Wrong-Guess-1!' }, headers })

const budgets: readonly [string, number, number, () => Promise<Answer>][] = [
  ['login', 10, 60, () => signInAsNobody()],
  ['refresh', 30, 60, () => send('POST', '/auth/refresh', { json: { refresh_token: 'nonsense' } })],
  [
    'password_reset',
    5,
    3600,
    () => send('POST', '/auth/password/reset', { json: { email: aPerson().email } }),
  ],
  ['default', 100, 60, () => send('GET', '/auth/me')],
]

describe.each(budgets)('the budget %s: %i in %i s', (bucket, maxRequests, windowSeconds, attempt) => {
  it('is told with each answer, as X-RateLimit-* and as the draft has it', async () => {
    const { headers } = await attempt()
    expect(headers).toMatchObject({
      'x-ratelimit-limit': String(maxRequests),
      'x-ratelimit-remaining': String(maxRequests - 1),
      'x-ratelimit-reset': String(windowSeconds),
      'ratelimit-policy': `"${bucket}";q=${maxRequests};w=${windowSeconds}`,
      ratelimit: `"${bucket}";r=${maxRequests - 1};t=${windowSeconds}`,
    })
    expect(headers['retry-after']).toBeUndefined()
  })

  it('refuses what is beyond it, in parallel too, and says when to come back', async () => {
    const answers = await inParallel(maxRequests + 3, attempt, burst)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(3)
    for (const answer of refused) {
      expect(problemIn(answer)).toMatchObject({ code: 'RATE_LIMITED', detail: 'Rate limit exceeded' })
      expect(answer.headers['x-ratelimit-remaining']).toBe('0')
      expect(answer.headers['retry-after']).toBe(answer.headers['x-ratelimit-reset'])
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
      expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(windowSeconds)
    }
  })
})

describe('the budget register: 10 in 60 s', () => {
  const register = (person: Partial<Person> = aPerson()) => send('POST', '/auth/register', { json: person })

  it('is spent by accounts', async () => {
    const answers = await inParallel(12, () => register())
    expect(statusesOf(answers)).toEqual([...Array<number>(10).fill(201), 429, 429])
    expect(answers[0]?.headers['x-ratelimit-limit']).toBe('10')
  })

  it('is not spent by input that is refused', async () => {
    for (const _ of Array(15)) expect((await register({ email: 'invalid' })).status).toBe(400)
    expect((await register()).status).toBe(201)
  })

  it('is spent by an address that is taken', async () => {
    const person = aPerson()
    for (const _ of Array(10)) await register(person)
    expect((await register(person)).status).toBe(429)
  })
})

describe('whose budget it is', () => {
  it.each([
    ['X-Forwarded-For', (index: number) => ({ 'X-Forwarded-For': `203.0.113.${index}` })],
    ['Forwarded', (index: number) => ({ Forwarded: `for=203.0.113.${index}` })],
    ['X-Real-IP', (index: number) => ({ 'X-Real-IP': `203.0.113.${index}` })],
    ['CF-Connecting-IP', (index: number) => ({ 'CF-Connecting-IP': `203.0.113.${index}` })],
    ['True-Client-IP', (index: number) => ({ 'True-Client-IP': `203.0.113.${index}` })],
    [
      'a list in X-Forwarded-For',
      (index: number) => ({ 'X-Forwarded-For': `203.0.113.${index}, 127.0.0.1, 198.51.100.${index}` }),
    ],
    [
      'several X-Forwarded-For',
      (index: number) => ({ 'X-Forwarded-For': [`203.0.113.${index}`, `198.51.100.${index}`] }),
    ],
  ])('is the same however %s rotates', async (_, headersOf) => {
    const answers = await inParallel(12, index => signInAsNobody(headersOf(index)))
    expect(statusesOf(answers).filter(status => status === 429)).toHaveLength(2)
    expect((await redis.keys('rate_limit:login:*')).sort()).toEqual([
      'rate_limit:login:ip:127.0.0.1',
      'rate_limit:login:net:127.0.0.0/24',
    ])
  })

  it('is the same however the path is spelled: another spelling is no route', async () => {
    for (const path of [
      '/auth/login/',
      '//auth/login',
      '/AUTH/login',
      '/auth//login',
      '/auth/./login',
      '/auth/%6cogin',
    ])
      expect((await send('POST', path, { json: {} })).status).toBe(404)
  })

  it('is the same for every query string', async () => {
    const answers = await inParallel(12, index =>
      send('POST', `/auth/login?nothing=${index}`, { json: { email: aPerson().email, password: 'x' } }),
    )
    expect(statusesOf(answers).filter(status => status === 429)).toHaveLength(2)
  })

  it("is the user's where the bearer is good, and the address's where it is not", async () => {
    const device = createDevice(suite)
    const { access_token: bearer, user } = await device.register(aPerson())
    await forgetLimits()
    await device.send('GET', '/auth/me', { bearer })
    await device.send('GET', '/auth/me', { bearer: 'nonsense' })
    expect((await redis.keys('rate_limit:*')).sort()).toEqual([
      'rate_limit:default:ip:127.0.0.1',
      'rate_limit:default:net:127.0.0.0/24',
      `rate_limit:default:user:${user.id}`,
    ])
  })

  it('is spent by bearers that are refused: nobody guesses tokens without end', async () => {
    const answers = await inParallel(102, () => send('GET', '/auth/me', { bearer: 'nonsense' }), burst)
    expect(statusesOf(answers).filter(status => status === 429)).toHaveLength(2)
  })

  it('ends with its window', async () => {
    await inParallel(11, () => signInAsNobody())
    expect((await signInAsNobody()).status).toBe(429)
    expect(await redis.pttl('rate_limit:login:ip:127.0.0.1')).toBeGreaterThan(0)
    await redis.pexpire('rate_limit:login:ip:127.0.0.1', 1)
    await eventually(async () => expect(await redis.exists('rate_limit:login:ip:127.0.0.1')).toBe(0))
    expect((await signInAsNobody()).status).toBe(401)
  })
})

describe('curl -I /auth/login', () => {
  it('shows the limit, though nobody signs in with HEAD, and spends nothing of it', async () => {
    const answer = await send('HEAD', '/auth/login')
    expect(answer.status).toBe(405)
    expect(answer.headers).toMatchObject({
      allow: 'POST, OPTIONS',
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': '10',
    })
  })
})

it('is said in OAuth’s words at the well-known documents (RFC 6749 §5.2)', async () => {
  const path = '/.well-known/openid-configuration'
  const answers = await inParallel(103, () => send('GET', path), burst)
  const refused = answers.find(({ status }) => status === 429)
  expect(refused?.json).toMatchObject({
    error: 'too_many_requests',
    error_description: 'Rate limit exceeded',
  })
  expect(refused?.headers['retry-after']).toBeDefined()
})
