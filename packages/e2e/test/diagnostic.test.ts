/**
 * The diagnostic that operators of Archon run, step by step, in its order, from one address and with the limits of
 * an installation that nobody has configured.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { type Answer, call } from '../src/call.ts'
import { aPerson } from '../src/person.ts'
import { type OwnSuite, startSuite } from '../src/suite.ts'

let suite: OwnSuite
beforeAll(async () => {
  suite = await startSuite()
})
afterAll(() => suite.stop())

const get = (path: string, bearer?: string): Promise<Answer> =>
  call(suite.gateway, 'GET', path, bearer === undefined ? {} : { bearer })
const post = (path: string, json: unknown): Promise<Answer> => call(suite.gateway, 'POST', path, { json })

/** What the diagnostic registers: its password is in no list, though it looks like one that should be. */
const testUser = () => aPerson({ password: 'TestPassword123!', name: 'Test User' })

const signedIn = async (): Promise<{ login: Answer; accessToken: string }> => {
  const user = testUser()
  await post('/auth/register', user)
  const login = await post('/auth/login', { email: user.email, password: user.password })
  const { access_token: accessToken = '' }: { access_token?: string } = Object(login.json)
  return { login, accessToken }
}

describe('the diagnostic of Archon’s guide', () => {
  it('1. Basic Connectivity', async () => {
    expect((await get('/auth/health')).status).toBeLessThan(500)
  })

  it('2. Health Check', async () => {
    // What is too busy to answer in time is told of as one that is away.
    await eventually(async () =>
      expect(await get('/auth/health')).toMatchObject({
        status: 200,
        json: {
          status: 'healthy',
          version: expect.any(String),
          dependencies: { database: 'healthy', redis: 'healthy' },
        },
      }),
    )
  })

  it('3. Registration Flow', async () => {
    expect((await post('/auth/register', { email: 'invalid', password: 'test', name: 'test' })).status).toBe(
      400,
    )
    const invalid = await post('/auth/register', { email: 'invalid-email', password: 'weak', name: '' })
    expect(invalid.status).toBe(400)
    expect((await post('/auth/register', testUser())).status).toBe(201)
  })

  it('4. Login Flow', async () => {
    const { login } = await signedIn()
    expect(login.status).toBe(200)
    expect(Object.keys(Object(login.json))).toEqual(
      expect.arrayContaining(['access_token', 'refresh_token', 'token_type', 'expires_in']),
    )
  })

  it('5. Token Validation', async () => {
    const { accessToken } = await signedIn()
    expect((await get('/auth/me', accessToken)).status).toBe(200)
  })

  it('6. OAuth Providers', async () => {
    const { status, json } = await get('/auth/oauth/providers')
    expect(status).toBe(200)
    expect(json).toEqual({ providers: [{ name: 'demo', display_name: 'Demo provider' }] })
  })

  it('7. Rate Limiting: fifteen wrong logins are too many', async () => {
    const answers: Answer[] = []
    while (answers.length < 15 && answers.at(-1)?.status !== 429)
      answers.push(await post('/auth/login', { email: 'nonexistent@example.com', password: 'wrong' }))
    expect(answers.at(-1)?.status).toBe(429)
    expect(answers.at(-1)?.headers['x-ratelimit-limit']).toBe('10')
  })

  it('8. Password Security', async () => {
    for (const password of ['123456', 'password', 'abc', 'Password', 'password123', 'PASSWORD123!'])
      expect((await post('/auth/register', aPerson({ password }))).status).toBe(400)
  })

  it('9. Session Management', async () => {
    const { login, accessToken } = await signedIn()
    expect(login.status).toBe(200)
    const { status, json } = await get('/auth/sessions', accessToken)
    expect({ status, json }).toMatchObject({ status: 200, json: { total: 1 } })
  })

  it('10. Error Handling', async () => {
    expect((await get('/auth/nonexistent')).status).toBe(404)
    expect((await post('/auth/register', { email: 'invalid' })).status).toBe(400)
    expect((await get('/auth/me')).status).toBe(401)
  })
})

describe('what the guide has operators look at', () => {
  it('curl -I /auth/login shows the limit', async () => {
    const { headers } = await call(suite.gateway, 'HEAD', '/auth/login')
    for (const name of ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'])
      expect(Number(headers[name])).toEqual(expect.any(Number))
    expect(headers['x-ratelimit-limit']).toBe('10')
  })

  it('a token has three parts, each base64url of JSON but the last', async () => {
    const { accessToken } = await signedIn()
    expect(accessToken).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/)
    const [, payload = ''] = accessToken.split('.')
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))).toMatchObject({
      type: 'access',
      exp: expect.any(Number),
      sub: expect.any(String),
    })
  })
})
