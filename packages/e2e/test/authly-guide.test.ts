/**
 * Authly's troubleshooting guide, run against the suite: each symptom of its OAuth section, each of its commands under our
 * names, and its advice on health, metrics, CORS, pools, indexes and cleanup. The rows of docs/coming-from.md are the list
 * of what is tried; a row without its test, or a test without its row, fails.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { root } from '@latchkey/launcher/stack'
import { createPlainBrowser, eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import * as oidc from 'openid-client'
import { type Answer, call } from '../src/call.ts'
import { guideRows } from '../src/guide-rows.ts'
import { latchkey } from '../src/latchkey.ts'
import { aPerson, createDevice, type Person } from '../src/person.ts'
import { withPostgres } from '../src/postgres.ts'
import { type OwnSuite, startSuite } from '../src/suite.ts'
import { aRow } from '../src/table-row.ts'

const callback = 'https://yourapp.com/callback'
const limit = 400

let suite: OwnSuite
let person: Person
let app: { client_id: string; client_secret: string }
beforeAll(async () => {
  // As the guide's .env has it, but for a limit that these tests themselves stay below until the last one.
  suite = await startSuite({
    settings: {
      CORS_ORIGINS: 'https://yourapp.com,http://localhost:3000',
      RATE_LIMIT_MAX_REQUESTS: String(limit),
      RATE_LIMIT_WINDOW_SECONDS: '60',
      DATABASE_POOL_MIN_SIZE: '2',
      DATABASE_POOL_MAX_SIZE: '5',
      DATABASE_POOL_TIMEOUT: '30',
      LOG_LEVEL: 'DEBUG',
    },
  })
  person = aPerson()
  await createDevice(suite).register(person)
  app = await adminJson('client', 'create', '--name', 'Your App', '--redirect-uri', callback)
})
afterAll(() => suite.stop())

const admin = (...words: string[]) => latchkey(['admin', ...words], { LATCHKEY_DATA_DIR: suite.dataDir })

const adminJson = async <Result = Record<string, unknown>>(...words: string[]): Promise<Result> => {
  const { code, json, err } = await admin(...words, '--output', 'json')
  if (code !== 0) throw new Error(err)
  return json as Result
}

const challenge = {
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
}

const authorize = (parameters: Record<string, string | undefined> = {}) => {
  const all = {
    response_type: 'code',
    client_id: app.client_id,
    redirect_uri: callback,
    scope: 'openid profile email',
    state: 'a-random-state',
    ...challenge,
    ...parameters,
  }
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return `/oauth/authorize?${new URLSearchParams(given)}`
}

const get = (path: string): Promise<Answer> =>
  call(suite.gateway, 'GET', path, { headers: { Accept: 'text/html' } })

/** A process that is too busy to be asked in time is left out of an answer. */
const metricsMatching = (pattern: RegExp): Promise<string> =>
  eventually(async () => {
    const { text } = await get('/metrics')
    expect(text).toMatch(pattern)
    return text
  })

const token = (fields: Record<string, string>, basic = app): Promise<Answer> =>
  call(suite.gateway, 'POST', '/oauth/token', {
    body: new URLSearchParams(fields).toString(),
    headers: {
      Authorization: `Basic ${Buffer.from(`${basic.client_id}:${basic.client_secret}`).toString('base64')}`,
      'Content-Type': 'application/x-www-form-urlencoded',
    },
  })

const expectError = (answer: Answer, status: number, error: string, description: unknown): void => {
  expect({ status: answer.status, json: answer.json }).toEqual({
    status,
    json: {
      error,
      error_description: description,
      error_uri: `https://latchkey.dev/docs/troubleshooting#${error}`,
    },
  })
}

/** What a page says where the guide's server would answer an error. */
const expectPage = (answer: Answer, text: string): void => {
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(answer.headers).toMatchObject({ 'content-type': expect.stringContaining('text/html') })
  expect(answer.headers.location).toBeUndefined()
  expect(answer.text).toContain(text)
}

const expectRedirect = (answer: Answer, error: string, description: string): void => {
  const location = new URL(String(answer.headers.location))
  expect(`${location.origin}${location.pathname}`).toBe(callback)
  expect(Object.fromEntries(location.searchParams)).toMatchObject({
    error,
    error_description: description,
    state: 'a-random-state',
  })
}

/** A code, as the guide's JavaScript would be sent back with it, and the verifier that fits. */
const aCode = async () => {
  const codeVerifier = oidc.randomPKCECodeVerifier()
  const browser = createPlainBrowser(suite.gateway)
  let page = await browser.open(
    authorize({ code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier) }),
  )
  page = await browser.submit(page, { email: person.email, password: person.password })
  if (page.url.pathname === '/oauth/consent') page = await browser.submit(page, { decision: 'allow' })
  return {
    grant_type: 'authorization_code',
    code: page.url.searchParams.get('code') ?? '',
    redirect_uri: callback,
    code_verifier: codeVerifier,
  }
}

const nobody = (client_id: string) =>
  token({ grant_type: 'authorization_code', code: 'x', redirect_uri: callback }, { ...app, client_id })

/** By what Authly says. */
const errors: Readonly<Record<string, () => Promise<void>>> = {
  '`invalid_client`: `Client not found or inactive`': async () => {
    const text = 'Client not found or inactive'
    for (const id of ['your-client-id', app.client_id.toUpperCase(), `${app.client_id} `]) {
      expectPage(await get(authorize({ client_id: id })), text)
      expectError(await nobody(id), 401, 'invalid_client', text)
    }
    await adminJson('client', 'update', app.client_id, '--deactivate')
    expectPage(await get(authorize()), text)
    expectError(await nobody(app.client_id), 401, 'invalid_client', text)
    await adminJson('client', 'update', app.client_id, '--activate')
    expect((await get(authorize())).headers.location).toContain('/login')
  },
  '`invalid_request`: `code_challenge parameter is required for OAuth 2.1`': async () => {
    const answer = await get(authorize({ code_challenge: undefined, code_challenge_method: undefined }))
    expectRedirect(answer, 'invalid_request', 'code_challenge parameter is required for OAuth 2.1')
    const plain = await get(authorize({ code_challenge_method: 'plain' }))
    expect(String(plain.headers.location)).toContain('error=invalid_request')
  },
  '`invalid_request`: `redirect_uri not registered for this client`': async () => {
    for (const uri of [`${callback}/`, 'https://yourapp.com/Callback', 'https://localhost:3000/callback'])
      expectPage(await get(authorize({ redirect_uri: uri })), 'redirect_uri not registered for this client')
  },
  '`invalid_scope`: `Requested scope not available for client`': async () => {
    const answer = await get(authorize({ scope: 'openid unassigned-scope' }))
    expectRedirect(answer, 'invalid_scope', 'Requested scope not available for client')
  },
  '`invalid_grant`: `PKCE verification failed`': async () => {
    const code = await aCode()
    const answer = await token({ ...code, code_verifier: oidc.randomPKCECodeVerifier() })
    expectError(answer, 400, 'invalid_grant', 'PKCE verification failed')
  },
  '`invalid_client`: `Client authentication failed`': async () => {
    const code = await aCode()
    const wrong = await token(code, { ...app, client_secret: 'wrong' })
    expectError(wrong, 401, 'invalid_client', 'Client authentication failed')
    expect(wrong.headers['www-authenticate']).toContain('Basic')
    // In the body it is as good, as the guide shows for its second client; a wrong one is as bad.
    const inBody = (secret: string) =>
      call(suite.gateway, 'POST', '/oauth/token', {
        body: new URLSearchParams({ ...code, ...app, client_secret: secret }).toString(),
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      })
    expectError(await inBody('wrong'), 401, 'invalid_client', 'Client authentication failed')
    expect((await inBody(app.client_secret)).status).toBe(200)
  },
  '`invalid_grant`: `Authorization code expired or already used`': async () => {
    const code = await aCode()
    const first = await token(code)
    expect({ status: first.status, json: first.json }).toEqual({
      status: 200,
      json: expect.objectContaining({ access_token: expect.any(String), refresh_token: expect.any(String) }),
    })
    const text = 'Authorization code expired or already used'
    expectError(await token(code), 400, 'invalid_grant', text)
    const { refresh_token }: { refresh_token: string } = Object(first.json)
    expect((await token({ grant_type: 'refresh_token', refresh_token })).status).toBe(400)
    const late = await aCode()
    await withPostgres(suite.database_url, client =>
      client.query(`update latchkey_token.authorization_codes set expires_at = now() - interval '1 second'`),
    )
    expectError(await token(late), 400, 'invalid_grant', text)
  },
  '`invalid_grant`: `Invalid username or password`': async () => {
    const answer = await token({ grant_type: 'password', username: person.email, password: person.password })
    expectError(answer, 400, 'unsupported_grant_type', expect.stringMatching(/OAuth 2\.1/))
  },
  '`too_many_requests`: `Rate limit exceeded`': async () => {
    let answer = await get('/oauth/userinfo')
    for (let sent = 0; sent <= limit && answer.status !== 429; sent += 1)
      answer = await get('/oauth/userinfo')
    expectError(answer, 429, 'too_many_requests', 'Rate limit exceeded')
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  },
}

const createApp = [
  'client',
  'create',
  '--name',
  'Your App',
  '--client-type',
  'public',
  '--redirect-uri',
  callback,
]

/** By Authly's command. */
const commands: Readonly<Record<string, () => Promise<void>>> = {
  '`authly admin status`': async () => {
    // What is too busy to answer in time is told of as one that is away.
    await eventually(async () => expect(await adminJson('status')).toMatchObject({ status: 'healthy' }))
  },
  '`authly admin client create --name … --client-type public --redirect-uri …`': async () => {
    expect(await adminJson(...createApp)).toMatchObject({ client_type: 'public', redirect_uris: [callback] })
  },
  '`authly admin client list`': async () => {
    expect((await admin('client', 'list')).out).toMatch(aRow(app.client_id, 'Your App', /\w+/, 'active'))
  },
  '`authly admin client show ID`': async () => {
    expect(await adminJson('client', 'show', app.client_id)).toMatchObject({
      active: true,
      redirect_uris: [callback],
      scope: 'openid profile email offline_access',
      secrets: [expect.anything()],
    })
    expect((await admin('client', 'show', 'your-client-id')).code).toBe(5)
  },
  '`authly admin client update ID --activate`': async () => {
    expect(await adminJson('client', 'update', app.client_id, '--activate')).toMatchObject({ active: true })
  },
  '`authly admin client update ID --redirect-uris "a,b"`': async () => {
    const { client_id: id } = await adminJson(...createApp)
    const uris = `${callback},https://localhost:3000/callback`
    expect(await adminJson('client', 'update', String(id), '--redirect-uris', uris)).toMatchObject({
      redirect_uris: uris.split(','),
    })
  },
  '`authly admin client regenerate-secret ID`': async () => {
    const { client_secret } = await adminJson<typeof app>('client', 'regenerate-secret', app.client_id)
    expectError(await token(await aCode()), 401, 'invalid_client', 'Client authentication failed')
    app = { ...app, client_secret }
    expect((await token(await aCode())).status).toBe(200)
  },
  '`authly admin scope list`': async () => {
    expect((await admin('scope', 'list')).out).toMatch(aRow('openid', 'active', 'default', 'built in'))
  },
  '`authly admin scope create --name … --description …`': async () => {
    const words = ['--name', 'missing-scope', '--description', 'Description for missing scope']
    await adminJson('scope', 'create', ...words)
    const { client_id: id } = await adminJson(...createApp)
    await adminJson('client', 'update', String(id), '--scope', 'openid missing-scope')
    const answer = await get(authorize({ client_id: String(id), scope: 'openid missing-scope' }))
    expect(answer.headers.location).toContain('/login')
  },
}

const indexesOf = (table: string) =>
  withPostgres(suite.database_url, async client => {
    const statement = `select indexdef from pg_indexes where schemaname = 'latchkey_token' and tablename = $1`
    const { rows } = await client.query<{ indexdef: string }>(statement, [table])
    return rows.map(({ indexdef }) => indexdef).join('\n')
  })

const preflight = (origin: string) =>
  call(suite.gateway, 'OPTIONS', '/oauth/token', {
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'X-Requested-With',
    },
  })

const logOf = (service: string): Promise<string> =>
  readFile(join(suite.dataDir, 'logs', `${service}.log`), 'utf8')

/** By Authly's advice. */
const operations: Readonly<Record<string, () => Promise<void>>> = {
  '`curl -f localhost:8000/health`': async () => {
    expect((await get('/health')).status).toBe(200)
  },
  '`curl localhost:8000/metrics \\| grep database_connections`': async () => {
    await metricsMatching(/^database_connections\{.*state="idle".*\} \d+$/m)
  },
  '`curl localhost:8000/.well-known/oauth-authorization-server`': async () => {
    expect((await get('/.well-known/oauth-authorization-server')).json).toMatchObject({
      issuer: suite.issuer,
    })
  },
  '`curl -X OPTIONS localhost:8000/oauth/token` with `Origin: http://localhost:3000`': async () => {
    const { status, headers } = await preflight('http://localhost:3000')
    expect([status, headers['access-control-allow-origin']]).toEqual([204, 'http://localhost:3000'])
    expect(headers['access-control-allow-methods']).toContain('POST')
    expect(headers['access-control-allow-headers']).toContain('X-Requested-With')
    expect(headers['access-control-allow-credentials']).toBeUndefined()
  },
  '`CORS_ORIGINS=https://yourapp.com,http://localhost:3000`': async () => {
    expect((await preflight('https://yourapp.com')).headers['access-control-allow-origin']).toBe(
      'https://yourapp.com',
    )
    expect((await preflight('https://other.com')).headers['access-control-allow-origin']).toBeUndefined()
  },
  '`DATABASE_POOL_MIN_SIZE`, `DATABASE_POOL_MAX_SIZE`, `DATABASE_POOL_TIMEOUT`': async () => {
    await Promise.all(Array.from({ length: 30 }, () => get('/oauth/userinfo')))
    const open = /^database_connections\{.*state="(?:idle|busy)".*service="token".*\} (\d+)$/gm
    const metrics = await metricsMatching(/^database_connections\{.*service="token"/m)
    const connections = [...metrics.matchAll(open)].map(([, count]) => Number(count))
    expect(connections.length).toBeGreaterThan(0)
    expect(connections.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(5)
  },
  '`FLUSHDB` to clear rate limits': async () => {
    const device = createDevice(suite)
    const { refresh_token } = await device.signIn(person)
    const redis = new Redis(suite.redis_url)
    await redis.flushdb()
    redis.disconnect()
    expect((await device.tryToRefresh(refresh_token)).status).toBe(200)
    expect((await token(await aCode())).status).toBe(200)
  },
  '`AUTHLY_LOG_LEVEL=DEBUG`': async () => {
    expect(await readFile(join(root, 'docs/settings.md'), 'utf8')).toMatch(/^\| `LOG_LEVEL` /m)
    await get('/login')
    await eventually(async () => expect((await logOf('identity')).includes('"level":"DEBUG"')).toBe(true))
  },
  '`jq -r \'select(.level == "ERROR") \\| "\\(.timestamp): \\(.message)"\'`': async () => {
    const lines = (await logOf('gateway')).trim().split('\n')
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({
        level: expect.stringMatching(/^[A-Z]+$/),
        timestamp: expect.stringMatching(/^\d{4}-/),
        message: expect.any(String),
      })
  },
  '`CREATE INDEX CONCURRENTLY … ON tokens(user_id)`, `tokens(expires_at)`, `authorization_codes(expires_at)`':
    async () => {
      expect(await indexesOf('refresh_families')).toMatch(/\(subject, client_id\)/)
      expect(await indexesOf('refresh_tokens')).toMatch(/\(expires_at\)/)
      // Codes are kept beyond their expiry, to be known when they come back.
      expect(await indexesOf('authorization_codes')).toMatch(/\(kept_until\)/)
    },
  '`DELETE FROM tokens …`, `DELETE FROM authorization_codes …`': async () => {
    await metricsMatching(/^# TYPE cleanup_lag_seconds gauge$/m)
  },
  '`psql … UPDATE users SET is_verified = true`': async () => {
    const { email } = aPerson()
    await createDevice(suite).register(aPerson({ email }))
    expect((await admin('user', 'verify', email)).code).toBe(0)
    expect(await adminJson('user', 'show', email)).toMatchObject({ email_verified: true })
  },
  '`./scripts/setup-dev-certs.sh`': async () => {
    const folder = join(suite.dataDir, 'dev-certs')
    const { code } = await latchkey(['certs', 'dev', folder], {})
    expect(code).toBe(0)
  },
}

describe.each([
  ['Its commands', commands],
  ['Its operations', operations],
  ['Its OAuth errors', errors],
])('docs/coming-from.md, from Authly: %s', (heading, tests) => {
  it('has a row for each test', () => {
    expect(guideRows(heading).toSorted()).toEqual(Object.keys(tests).toSorted())
  })

  it.each(guideRows(heading))('%s', async row => {
    await tests[row]?.()
  })
})
