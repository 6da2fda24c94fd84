/**
 * Archon's troubleshooting guide, run against the suite: each symptom provoked, each remedy tried, each of its keys and
 * settings looked at. The rows of docs/coming-from.md are the list of what is tried; a row without its test, or a test
 * without its row, fails. The ten tests of its diagnostic are in diagnostic.test.ts.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { root } from '@latchkey/launcher/stack'
import { eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { decodeJwt } from 'jose'
import { type Answer, call } from '../src/call.ts'
import { signInUpstream } from '../src/demo-provider.ts'
import { guideRows } from '../src/guide-rows.ts'
import { latchkey } from '../src/latchkey.ts'
import { requestReset, resetMailsTo } from '../src/mails.ts'
import { aPerson, createDevice, expected, inParallel, type Person, statusesOf } from '../src/person.ts'
import { type OwnSuite, startSuite } from '../src/suite.ts'

const callback = 'https://myapp.com/callback'

let suite: OwnSuite
let redis: Redis
beforeAll(async () => {
  suite = await startSuite({
    settings: {
      // So that each device of these tests can have an address of its own.
      TRUSTED_PROXIES: '127.0.0.0/8',
      ACCESS_TOKEN_TTL_SECONDS: '20',
      SOCIAL_REDIRECT_URIS: callback,
    },
  })
  redis = new Redis(suite.redis_url)
})
afterAll(async () => {
  redis.disconnect()
  await suite.stop()
})

let addresses = 0
const anAddress = (): string => {
  addresses += 1
  return `198.51.${Math.floor(addresses / 250)}.${(addresses % 250) + 1}`
}
const aDevice = (address = anAddress(), userAgent?: string) =>
  createDevice(suite, { headers: { 'X-Forwarded-For': address }, ...(userAgent && { userAgent }) })

const somebody = async () => {
  const person = aPerson()
  const device = aDevice()
  return { person, device, ...(await device.register(person)) }
}

const post = (path: string, json: unknown): Promise<Answer> => aDevice().send('POST', path, { json })
const login = ({ email, password }: Pick<Person, 'email' | 'password'>): Promise<Answer> =>
  post('/auth/login', { email, password })
const me = (bearer: string): Promise<Answer> => aDevice().send('GET', '/auth/me', { bearer })
const sessionsOf = async (bearer: string) =>
  expected<{ sessions: { id: string; expires_at: string; created_at: string }[]; total: number }>(
    200,
    await aDevice().send('GET', '/auth/sessions', { bearer }),
  )
const admin = async (...words: string[]) => {
  const { code, json, err } = await latchkey([...words, '--output', 'json'], {
    LATCHKEY_DATA_DIR: suite.dataDir,
  })
  return { code, err, json: json as Record<string, unknown> }
}
const lockOut = async (person: Person): Promise<Answer> => {
  for (let guess = 0; guess < 5; guess += 1) await login({ ...person, password: `Wrong-Guess-${guess}!` })
  return login(person)
}
/** Where a sign-in with the demo provider begins. */
const authorizationUrl = async (): Promise<URL> => {
  const path = `/auth/oauth/demo/authorize?redirect_uri=${encodeURIComponent(callback)}`
  const { authorization_url: url } = expected<{ authorization_url: string }>(
    200,
    await aDevice().send('GET', path),
  )
  return new URL(url)
}
/** The worker takes what there is; nothing is left, and nothing failed. */
const noMailWaits = () =>
  eventually(async () => {
    expect(await redis.llen('bull:email:wait')).toBe(0)
    expect(await redis.zcard('bull:email:failed')).toBe(0)
  })
const hasSettings = async (...names: string[]) => {
  const text = await readFile(join(root, 'docs/settings.md'), 'utf8')
  const documented = [...text.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)
  expect(names.filter(name => !documented.includes(name))).toEqual([])
}

const symptoms: Readonly<Record<string, () => Promise<void>>> = {
  'Registration Fails with Validation Errors': async () => {
    const weak = await post('/auth/register', {
      email: 'test@example.com',
      password: 'weak',
      name: 'Test User',
    })
    expect(weak).toMatchObject({ status: 400, json: { code: 'VALIDATION_FAILED' } })
    const { errors }: { errors: { field: string; code: string }[] } = Object(weak.json)
    expect(errors.map(({ field, code }) => `${field}: ${code}`)).toEqual(
      expect.arrayContaining(['password: password_too_short', 'password: password_needs_digit']),
    )
    const { person } = await somebody()
    expect(await post('/auth/register', person)).toMatchObject({
      status: 409,
      json: { code: 'EMAIL_EXISTS' },
    })
  },
  'Login Returns 401 Unauthorized': async () => {
    const { person, user } = await somebody()
    const wrongCase = await login({ ...person, password: person.password.toLowerCase() })
    const unknown = await login(aPerson())
    for (const answer of [wrongCase, unknown])
      expect(answer).toMatchObject({ status: 401, json: { detail: 'Invalid email or password' } })
    expect((await admin('admin', 'user', 'show', person.email)).json).toMatchObject({ id: user.id })
  },
  'Account Locked After Failed Attempts': async () => {
    const { person, device } = await somebody()
    const locked = await lockOut(person)
    expect(locked).toMatchObject({ status: 429, json: { detail: 'Account temporarily locked' } })
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(1_700)
    await eventually(async () => expect(await redis.get(`failed_login:${person.email}`)).toBe('5'))
    expect((await device.tryToSignIn(person)).status).toBe(200)

    await redis.del(`failed_login:${person.email}`)
    expect((await login(person)).status).toBe(429)
    expect((await admin('admin', 'user', 'unlock', person.email)).code).toBe(0)
    expect((await login(person)).status).toBe(200)

    await lockOut(person)
    const { token } = await requestReset(suite, person.email, { 'X-Forwarded-For': anAddress() })
    const password = aPerson().password
    await post('/auth/password/reset/confirm', { token, new_password: password })
    expect((await login({ ...person, password })).status).toBe(200)
  },
  'Token Expired Errors': async () => {
    const { access_token, refresh_token, device } = await somebody()
    const { exp = 0 } = decodeJwt(access_token)
    await eventually(() => expect(Date.now() / 1_000).toBeGreaterThan(exp), { timeoutMs: 30_000 })
    expect(await me(access_token)).toMatchObject({ status: 401, json: { detail: 'Token has expired' } })
    const { access_token: fresh } = await device.refresh(refresh_token)
    expect((await me(fresh)).status).toBe(200)
  },
  'Invalid Token Errors': async () => {
    const { access_token, refresh_token, device } = await somebody()
    for (const token of [access_token.slice(0, -4), `${access_token}A`, refresh_token, 'a.b.c'])
      expect(await me(token)).toMatchObject({ status: 401, json: { detail: 'Invalid token' } })
    const { jti, sid } = decodeJwt<{ sid: string }>(access_token)
    expect((await device.send('POST', '/auth/logout', { bearer: access_token })).status).toBe(204)
    expect(await me(access_token)).toMatchObject({ status: 401, json: { detail: 'Invalid token' } })
    await eventually(async () => {
      expect(await redis.get(`blacklist:${jti}`)).not.toBeNull()
      expect(await redis.get(`session_ended:${sid}`)).not.toBeNull()
    })
    expect((await admin('token', 'decode', access_token)).json).toMatchObject({ state: 'revoked' })
  },
  'Token Refresh Fails': async () => {
    const { refresh_token, access_token, device, user } = await somebody()
    const twice = await inParallel(2, () => device.tryToRefresh(refresh_token))
    expect(statusesOf(twice)).toEqual([200, 200])
    expect(new Set(twice.map(({ json }) => Object(json).refresh_token)).size).toBe(1)
    const { sid } = decodeJwt<{ sid: string }>(access_token)
    await eventually(async () => expect(await redis.exists(`session:${sid}`)).toBe(1))
    const latest: string = Object(twice[0]?.json).refresh_token
    expect((await admin('token', 'decode', latest)).json).toMatchObject({
      kind: 'refresh_token',
      state: 'live',
      subject: user.id,
      session_id: sid,
      expires_at: expect.any(String),
    })
    await device.send('POST', '/auth/logout', { bearer: access_token })
    expect(await device.tryToRefresh(latest)).toMatchObject({
      status: 401,
      json: { detail: 'Invalid or expired refresh token' },
    })
    expect((await admin('token', 'decode', latest)).json).toMatchObject({ session: 'revoked' })
  },
  'OAuth Authorization URL Generation Fails': async () => {
    const get = (path: string) => aDevice().send('GET', path)
    const providers = expected<{ providers: { name: string; display_name: string }[] }>(
      200,
      await get('/auth/oauth/providers'),
    )
    expect(providers.providers).toContainEqual({ name: 'demo', display_name: expect.any(String) })
    const at = (provider: string, query: string) => get(`/auth/oauth/${provider}/authorize${query}`)
    expect(await at('demo', `?redirect_uri=${encodeURIComponent(callback)}`)).toMatchObject({
      status: 200,
      json: { authorization_url: expect.stringMatching(/^http/), state: expect.any(String) },
    })
    for (const [provider, query] of [
      ['nowhere', `?redirect_uri=${encodeURIComponent(callback)}`],
      ['demo', ''],
      ['demo', '?redirect_uri=https://evil.example/callback'],
      ['demo', `?redirect_uri=${encodeURIComponent(`${callback}/`)}`],
    ] as const)
      expect((await at(provider, query)).status).toBe(400)
  },
  'OAuth Callback Fails': async () => {
    for (const query of ['?code=abc123&state=xyz789', '?code=abc123', '?state=xyz789'])
      expect(await aDevice().send('GET', `/auth/oauth/demo/callback${query}`)).toMatchObject({
        status: 400,
        json: { detail: 'Invalid state parameter' },
      })
  },
  'OAuth User Info Retrieval Fails': async () => {
    expect((await authorizationUrl()).searchParams.get('scope')).toBe('openid email profile')
  },
  'Sessions Expire Too Quickly': async () => {
    const { person, access_token } = await somebody()
    const lifeOf = async (bearer: string) => {
      const { sid } = decodeJwt<{ sid: string }>(bearer)
      const session = (await sessionsOf(bearer)).sessions.find(({ id }) => id === sid)
      return (Date.parse(String(session?.expires_at)) - Date.now()) / 1_000
    }
    expect(Math.abs((await lifeOf(access_token)) - 3_600)).toBeLessThan(30)
    const remembered = expected<{ access_token: string }>(
      200,
      await post('/auth/login', { email: person.email, password: person.password, remember_me: true }),
    )
    expect(Math.abs((await lifeOf(remembered.access_token)) - 604_800)).toBeLessThan(30)
    await hasSettings('SESSION_TTL_SECONDS', 'SESSION_REMEMBER_TTL_SECONDS')
  },
  'Multiple Sessions Not Working': async () => {
    const { person, device, access_token } = await somebody()
    await device.signIn(person)
    expect((await sessionsOf(access_token)).total).toBe(1)
    const bearers: string[] = []
    for (let other = 0; other < 5; other += 1) bearers.push((await aDevice().signIn(person)).access_token)
    const { sessions, total } = await sessionsOf(bearers.at(-1) ?? '')
    expect(total).toBe(5)
    await eventually(async () => {
      for (const { id } of sessions) expect(await redis.exists(`session:${id}`)).toBe(1)
    })
  },
  'Session Hijacking Detection False Positives': async () => {
    const { access_token, refresh_token } = await somebody()
    // A phone that moves from cell to cell, and a VPN that goes up and down.
    for (const address of ['198.51.100.7', '203.0.113.9', '198.51.100.8', '203.0.113.9'])
      expect((await aDevice(address).send('GET', '/auth/me', { bearer: access_token })).status).toBe(200)
    expect((await aDevice('192.0.2.77').tryToRefresh(refresh_token)).status).toBe(200)
    await aDevice('192.0.2.77').send('POST', '/auth/logout', { bearer: access_token })
    const { sid } = decodeJwt<{ sid: string }>(access_token)
    await eventually(async () => {
      const log = (await redis.lrange('session_terminations', 0, 100)).map(line => JSON.parse(line))
      expect(log.find(({ session_id }) => session_id === sid)).toMatchObject({
        reason: 'logout',
        original_ip: expect.any(String),
        new_ip: expect.any(String),
      })
    })
    await hasSettings('STRICT_IP_VALIDATION', 'IP_CHANGE_THRESHOLD')
  },
  'Rate Limits Too Restrictive': async () => {
    const { headers } = await call(suite.gateway, 'HEAD', '/auth/login')
    expect(headers).toMatchObject({
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': expect.stringMatching(/^\d+$/),
      'x-ratelimit-reset': expect.stringMatching(/^\d+$/),
    })
    await hasSettings('RATE_LIMIT_LOGIN_MAX_REQUESTS', 'RATE_LIMIT_ALLOWLIST')
  },
  'Rate Limiting Not Working': async () => {
    const device = aDevice()
    const answers: Answer[] = []
    while (answers.length < 20 && answers.at(-1)?.status !== 429)
      answers.push(await device.tryToSignIn({ ...aPerson(), password: 'wrong' }))
    expect(answers.at(-1)?.status).toBe(429)
    expect(answers).toHaveLength(11)
    expect((await redis.keys('rate_limit:*')).length).toBeGreaterThan(0)
  },
  'Password Reset Emails Not Sent': async () => {
    const { person } = await somebody()
    const answers = [person.email, aPerson().email].map(email => post('/auth/password/reset', { email }))
    const [known, unknown] = await Promise.all(answers)
    expect([known?.status, known?.text]).toEqual([200, unknown?.text])
    const mail = await eventually(async () => {
      // That of the registration may arrive before or after it.
      const [found] = await resetMailsTo(suite, person.email)
      if (found === undefined) throw new Error('no reset mail yet')
      return found
    })
    expect(mail.text).toContain('expires in 1 hour')
    await noMailWaits()
  },
  'Password Reset Tokens Invalid': async () => {
    const { person } = await somebody()
    const { token } = await requestReset(suite, person.email, { 'X-Forwarded-For': anAddress() })
    const key = `password_reset:${createHash('sha256').update(token).digest('hex')}`
    await eventually(async () => expect(await redis.ttl(key)).toBeGreaterThan(3_500))
    const confirm = (given: string) =>
      post('/auth/password/reset/confirm', { token: given, new_password: aPerson().password })
    const invalid = { status: 400, json: { detail: 'Invalid or expired token' } }
    expect(await confirm(token.slice(0, -1))).toMatchObject(invalid)
    expect((await confirm(token)).status).toBe(200)
    expect(await confirm(token)).toMatchObject(invalid)
  },
  'Service Unreachable': async () => {
    // What is too busy to answer in time is told of as one that is away.
    await eventually(async () =>
      expect(await call(suite.gateway, 'GET', '/auth/health')).toMatchObject({
        status: 200,
        json: { status: 'healthy', dependencies: { database: 'healthy', redis: 'healthy' } },
      }),
    )
  },
  'SSL/TLS Certificate Problems': async () => {
    await hasSettings('TRUSTED_PROXIES', 'PUBLIC_URL', 'TLS_CA_FILE', 'TLS_CERT_FILE', 'TLS_KEY_FILE')
    const { code } = await latchkey(['certs', 'dev', join(suite.dataDir, 'archon-certs')], {})
    expect(code).toBe(0)
  },
  'Slow API Response Times': async () => {
    await eventually(async () => {
      const { text } = await call(suite.gateway, 'GET', '/metrics')
      expect(text).toMatch(/^http_request_duration_seconds_bucket\{/m)
      // A process that is too busy to be asked in time is left out of that answer.
      expect(text).toMatch(/^database_connections\{/m)
    })
  },
  'High Memory Usage': async () => {
    const { text } = await call(suite.gateway, 'GET', '/metrics')
    expect(text).toMatch(/^process_resident_memory_bytes\{?/m)
    await hasSettings('DATABASE_POOL_MAX_SIZE')
  },
}

/** Rows that are only a name: what stands behind each is tried above or in the test that the row names. */
const keysAndSettings: Readonly<Record<string, () => Promise<void>>> = {
  'port 8181, `ARCHON_AUTH_PORT`': () => hasSettings('PORT'),
  '`/auth/me` may answer 501': async () => {
    const { access_token, user } = await somebody()
    expect(await me(access_token)).toMatchObject({ status: 200, json: { id: user.id } })
  },
  'a refresh token is a JWT that can be decoded': async () => {
    const { refresh_token } = await somebody()
    expect(() => decodeJwt(refresh_token)).toThrow()
  },
  '`redis-cli DEL failed_login:user@example.com` unlocks': async () => {
    const { person } = await somebody()
    await lockOut(person)
    await eventually(async () => expect(await redis.del(`failed_login:${person.email}`)).toBe(1))
    expect((await login(person)).status).toBe(429)
  },
  '`redis-cli KEYS "password_reset:*"` shows tokens': async () => {
    const { person } = await somebody()
    const { token } = await requestReset(suite, person.email, { 'X-Forwarded-For': anAddress() })
    await eventually(async () =>
      expect(await redis.exists(`password_reset:${createHash('sha256').update(token).digest('hex')}`)).toBe(
        1,
      ),
    )
    expect((await redis.keys('password_reset:*')).join()).not.toContain(token)
  },
  '`redis-cli GET "blacklist:TOKEN_JTI"`': async () => {
    const { access_token, device } = await somebody()
    await device.send('POST', '/auth/logout', { bearer: access_token })
    await eventually(async () =>
      expect(await redis.get(`blacklist:${decodeJwt(access_token).jti}`)).not.toBeNull(),
    )
  },
  '`redis-cli EXISTS session:SESSION_ID`': async () => {
    const { access_token, device } = await somebody()
    const { sid } = decodeJwt<{ sid: string }>(access_token)
    await eventually(async () => expect(await redis.exists(`session:${sid}`)).toBe(1))
    await device.send('POST', '/auth/logout', { bearer: access_token })
    await eventually(async () => expect(await redis.exists(`session:${sid}`)).toBe(0))
  },
  '`redis-cli GET "oauth:state:xyz789"`': async () => {
    const state = (await authorizationUrl()).searchParams.get('state')
    await eventually(async () => expect(await redis.exists(`oauth:state:${state}`)).toBe(1))
  },
  '`redis-cli LLEN email_queue`, `failed_emails`': () => noMailWaits(),
  '`maxmemory-policy allkeys-lru`': async () => {
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction'])
  },
  'rate limit of 20 logins a minute': () => hasSettings('RATE_LIMIT_LOGIN_MAX_REQUESTS'),
  '`DEVELOPMENT_IPS`': () => hasSettings('RATE_LIMIT_ALLOWLIST'),
  '`smtp_host`, `smtp_port`, `smtp_user`, `smtp_password`, `use_tls`': () =>
    hasSettings('SMTP_HOST', 'SMTP_PORT', 'SMTP_USER', 'SMTP_PASSWORD', 'SMTP_USE_TLS', 'SMTP_URL'),
  '`session_timeout`, `remember_me_duration`': () =>
    hasSettings('SESSION_TTL_SECONDS', 'SESSION_REMEMBER_TTL_SECONDS'),
  '`max_concurrent_sessions`, `terminate_old_sessions = False`': () =>
    hasSettings('MAX_CONCURRENT_SESSIONS', 'TERMINATE_OLD_SESSIONS'),
  '`strict_ip_validation = False`, `ip_change_threshold = 2`': () =>
    hasSettings('STRICT_IP_VALIDATION', 'IP_CHANGE_THRESHOLD'),
  '`extend_session_temporarily(session_id, duration=300)`': () => hasSettings('SESSION_REVIEW_GRACE_SECONDS'),
  '`are_ips_in_same_region`': () => hasSettings('GEOIP_DATABASE'),
  '`redirect_uri` is registered at the provider, for each application': async () => {
    const url = await authorizationUrl()
    expect(url.searchParams.get('redirect_uri')).toBe(`${suite.issuer}/auth/oauth/demo/callback`)
  },
  'the application gets `code` and `state` at its `redirect_uri` and hands both to `/auth/oauth/{provider}/callback`':
    async () => {
      const { email } = aPerson()
      const back = await signInUpstream(suite, (await authorizationUrl()).href, { email, name: 'Ada' })
      const led = await aDevice().send('GET', `${back.pathname}${back.search}`, {
        headers: { Accept: 'text/html' },
      })
      const { origin, pathname, search } = new URL(String(led.headers.location))
      expect(`${origin}${pathname}`).toBe(callback)
      expect(await aDevice().send('GET', `/auth/oauth/demo/callback${search}`)).toMatchObject({
        status: 200,
        json: { access_token: expect.any(String), refresh_token: expect.any(String), user: { email } },
      })
    },
  '`retry_with_backoff(max_retries=3)` around calls of a provider': async () => {
    expect(await readFile(join(root, 'docs/troubleshooting.md'), 'utf8')).toContain('`PROVIDER_UNAVAILABLE`')
  },
  'an account without an address at the provider is `None`': async () => {
    expect(await readFile(join(root, 'docs/troubleshooting.md'), 'utf8')).toContain('`VERIFIED_EMAIL_NEEDED`')
  },
  '`GOOGLE_CLIENT_ID`, `GOOGLE_CLIENT_SECRET`, `GITHUB_CLIENT_ID`, `GITHUB_CLIENT_SECRET`': () =>
    hasSettings('GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET', 'GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET'),
  '`/auth/email/verify/resend` with a bearer': async () => {
    const { access_token, device } = await somebody()
    expect((await device.send('POST', '/auth/email/verify/resend', { bearer: access_token })).status).toBe(
      200,
    )
  },
}

describe.each([
  ['Its symptoms', symptoms],
  ['Its keys, settings and commands', keysAndSettings],
])('docs/coming-from.md, from Archon: %s', (heading, tests) => {
  const rows = guideRows(heading)
  it('has a row for each test', () => {
    expect(rows.toSorted()).toEqual(Object.keys(tests).toSorted())
  })

  it.each(rows)(
    '%s',
    async row => {
      await tests[row]?.()
    },
    120_000,
  )
})
