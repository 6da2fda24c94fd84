/** SPEC §2.4: `latchkey admin`, signed in as the admin of the running suite, with its exit codes. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { type Called, latchkey, latchkeyProcess } from '../src/latchkey.ts'
import { aPerson, createDevice } from '../src/person.ts'
import { type OwnSuite, startSuite, withoutLimits } from '../src/suite.ts'
import { aRow } from '../src/table-row.ts'

// Its own: which scopes are the defaults is everybody's concern.
let suite: OwnSuite
beforeAll(async () => {
  suite = await startSuite({ settings: withoutLimits })
})
afterAll(() => suite.stop())

const admin = (...words: string[]): Promise<Called> =>
  latchkey(['admin', ...words], { LATCHKEY_DATA_DIR: suite.dataDir })

/** With `--output json`; the result as an object. */
const adminJson = async (...words: string[]): Promise<Record<string, unknown>> => {
  const { code, json, err } = await admin(...words, '--output', 'json')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return Object(json)
}

const aClient = (name: string, ...options: string[]) =>
  adminJson('client', 'create', '--name', name, '--redirect-uri', 'https://app.example.com/cb', ...options)

const signIn = async (id: unknown, secret: unknown): Promise<string> => {
  const response = await fetch(`${suite.gateway}/oauth/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const body: { error_description?: string } = Object(await response.json())
  return response.ok ? 'ok' : String(body.error_description)
}

describe('latchkey admin status', () => {
  it('tells how every part is and as whom we are signed in', async () => {
    // What is too busy to answer in time is told of as one that is away.
    await eventually(async () =>
      expect(await adminJson('status')).toMatchObject({
        status: 'healthy',
        url: suite.gateway,
        signed_in_as: 'admin',
        dependencies: { database: 'healthy', redis: 'healthy', token: 'healthy' },
      }),
    )
  })

  it('works as ./latchkey from the root, too', async () => {
    const { code, out } = await latchkeyProcess(['admin', 'status'], { LATCHKEY_DATA_DIR: suite.dataDir })
    expect(code).toBe(0)
    expect(out).toMatch(/^status +healthy$/m)
  })
})

describe('latchkey admin client', () => {
  it('creates, lists, shows, updates, and deletes', async () => {
    const name = `Journey ${randomUUID()}`
    const made = await aClient(name, '--scope', 'openid', '--scope', 'email')
    expect(made).toMatchObject({
      client_secret: expect.stringMatching(/^lks_/),
      scope: 'openid email',
      redirect_uris: ['https://app.example.com/cb'],
    })
    const id = String(made.client_id)
    const list = await admin('client', 'list', '--search', name)
    expect(list.out).toMatch(aRow(id, name, 'confidential', 'active', 'operator'))

    const uris = 'https://app.example.com/one,http://localhost:3000/callback'
    expect(await adminJson('client', 'update', id, '--redirect-uris', uris)).toMatchObject({
      name,
      redirect_uris: uris.split(','),
    })
    const shown = await admin('client', 'show', id)
    expect(shown.out).toContain('http://localhost:3000/callback')
    expect(shown.out).not.toContain('lks_')

    expect((await admin('client', 'delete', id)).code).toBe(2)
    expect((await admin('client', 'delete', id, '--dry-run')).out).toContain('would delete')
    expect((await admin('client', 'delete', id, '--yes')).code).toBe(0)
    expect((await admin('client', 'show', id)).code).toBe(5)
  })

  it('switches off and on', async () => {
    const grants = ['--grant-type', 'client_credentials', '--scope', '']
    const { client_id: id, client_secret: secret } = await aClient('Switch', ...grants)
    expect(await signIn(id, secret)).toBe('ok')
    expect(await adminJson('client', 'update', String(id), '--deactivate')).toMatchObject({ active: false })
    expect(await signIn(id, secret)).toBe('Client not found or inactive')
    await adminJson('client', 'update', String(id), '--activate')
    expect(await signIn(id, secret)).toBe('ok')
  })

  it('regenerates a secret, at once or with an overlap', async () => {
    const grants = ['--grant-type', 'client_credentials', '--scope', '']
    const { client_id: id, client_secret: first } = await aClient('Secret', ...grants)
    const overlap = ['--overlap-seconds', '60']
    expect(await adminJson('client', 'regenerate-secret', String(id), ...overlap, '--dry-run')).toMatchObject(
      {
        would_regenerate: {
          client_id: id,
          overlap_seconds: 60,
          secrets: [{ created_at: expect.any(String) }],
        },
      },
    )
    const { client_secret: second } = await adminJson('client', 'regenerate-secret', String(id), ...overlap)
    const { out } = await admin('client', 'show', String(id))
    expect(out).toMatch(/^secrets +since [\d-]+T\S+Z\n +since [\d-]+T\S+Z, until [\d-]+T\S+Z$/m)
    expect(out).toMatch(/^scope +-$/m)
    expect([await signIn(id, first), await signIn(id, second)]).toEqual(['ok', 'ok'])
    const { client_secret: third } = await adminJson('client', 'regenerate-secret', String(id))
    expect([await signIn(id, second), await signIn(id, third)]).toEqual([
      'Client authentication failed',
      'ok',
    ])
  })

  it('shows before and after of an update, and changes nothing, with --dry-run', async () => {
    const { client_id: id } = await aClient('Draft')
    expect(await adminJson('client', 'update', String(id), '--name', 'Final', '--dry-run')).toEqual({
      client_id: id,
      changes: [{ member: 'name', before: 'Draft', after: 'Final' }],
    })
    expect(await adminJson('client', 'show', String(id))).toMatchObject({ name: 'Draft' })
    expect(await adminJson('client', 'create', '--name', 'Never', '--dry-run')).toEqual({ name: 'Never' })
  })

  it('says field by field what a client may not be, and exits with 1', async () => {
    const { code, err } = await admin(
      'client',
      'create',
      '--name',
      'X',
      '--redirect-uri',
      'javascript:alert(1)',
    )
    expect(code).toBe(1)
    expect(err).toContain('redirect_uris.0 must be https')
    expect(err).toMatch(/request [\w-]{36}/)
  })

  it('passes the problem of the API on with --output json', async () => {
    const { code, out, err } = await admin('client', 'show', 'nobody-has-this', '--output', 'json')
    expect({ code, out }).toEqual({ code: 5, out: '' })
    expect(JSON.parse(err)).toEqual({
      type: 'https://latchkey.dev/problems/client-not-found',
      title: 'Client not found',
      status: 404,
      detail: 'There is no client of this id',
      code: 'CLIENT_NOT_FOUND',
      request_id: expect.any(String),
    })
  })
})

describe('latchkey admin scope', () => {
  it('creates, lists, shows, updates and deletes, and names the defaults', async () => {
    const name = `scope-${randomUUID()}`
    const description = 'Read your orders'
    expect(await adminJson('scope', 'create', '--name', name, '--description', description)).toMatchObject({
      name,
      description,
      is_default: false,
    })
    expect((await admin('scope', 'list')).out).toMatch(aRow(name, 'active', description))
    for (const [words, would] of [
      [['create', '--name', 'other'], { name: 'other', is_default: false }],
      [
        ['update', name, '--deactivate'],
        { name, changes: [{ member: 'active', before: true, after: false }] },
      ],
      [['defaults', name], { changes: [{ member: 'scopes', before: ['openid'], after: [name] }] }],
      [['delete', name], { would_delete: expect.objectContaining({ name, active: true }) }],
    ] as const)
      expect(await adminJson('scope', ...words, '--dry-run')).toEqual(would)
    await adminJson('scope', 'update', name, '--default', '--description', 'Orders')
    expect(await adminJson('scope', 'show', name)).toMatchObject({ description: 'Orders', is_default: true })
    expect(await adminJson('scope', 'defaults')).toEqual({ scopes: ['openid', name] })
    expect(await adminJson('scope', 'defaults', 'openid')).toEqual({ scopes: ['openid'] })
    expect((await admin('scope', 'delete', name)).code).toBe(2)
    expect((await admin('scope', 'delete', name, '--yes')).code).toBe(0)
    expect((await admin('scope', 'show', name)).code).toBe(5)
  })

  it('leaves what is built in', async () => {
    expect(await admin('scope', 'delete', 'openid', '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('comes with Latchkey'),
    })
  })
})

describe('exit codes', () => {
  const nobody = '00000000-0000-4000-8000-000000000000'
  it.each([
    [['client', 'update', nobody, '--name', 'x']],
    [['client', 'delete', nobody]],
    [['client', 'regenerate-secret', nobody]],
    [['scope', 'update', 'nothing', '--default']],
    [['scope', 'delete', 'nothing']],
    [['scope', 'defaults', 'nothing']],
    [['user', 'update', nobody, '--name', 'x']],
    [['user', 'delete', nobody]],
    [['user', 'unlock', nobody]],
    [['role', 'update', 'nothing', '--description', 'x']],
    [['role', 'delete', 'nothing']],
    [['role', 'assign', 'nothing', 'demo@example.com']],
    [['role', 'assign', 'owner', 'demo@example.com']],
    [['role', 'revoke', 'nothing', 'demo@example.com']],
    [['org', 'update', nobody, '--name', 'x']],
    [['org', 'delete', nobody]],
    [['org', 'add-member', nobody, 'demo@example.com']],
    [['org', 'remove-member', nobody, 'demo@example.com']],
    [['org', 'invite', nobody, 'demo@example.com']],
    [['org', 'withdraw-invitation', nobody, 'demo@example.com']],
    [['session', 'end', nobody]],
  ])('5 for a dry run about what is not there: %j', async words => {
    expect(await admin(...words, '--dry-run')).toMatchObject({ code: 5, out: '' })
  })

  it('5 for a dry run that would give a role that is not there, or to nobody, or take a member out who is none', async () => {
    const slug = `org-${randomUUID()}`
    await adminJson('org', 'create', slug, '--name', 'Dry')
    for (const words of [
      ['add-member', slug, nobody],
      ['add-member', slug, 'demo@example.com', '--role', 'nothing'],
      ['invite', slug, 'new@example.com', '--role', 'nothing'],
      ['remove-member', slug, 'demo@example.com'],
    ])
      expect(await admin('org', ...words, '--dry-run')).toMatchObject({ code: 5, out: '' })
  })

  it.each([
    [['client', 'create']],
    [['client', 'show']],
    [['client', 'show', 'a', 'b']],
    [['client', 'update', 'a']],
    [['client', 'update', 'a', '--activate', '--deactivate']],
    [['client', 'list', '--limit', '0']],
    [['client', 'create', '--name', 'a', '--client-type', 'secret']],
    [['scope', 'create']],
    [['status', 'now']],
  ])('2 for a line that makes no sense: %j', async words => {
    expect((await admin(...words)).code).toBe(2)
  })

  it('3 without a right secret, and without knowing where', async () => {
    const env = { LATCHKEY_URL: suite.gateway, LATCHKEY_CLIENT_SECRET: 'wrong' }
    const wrong = await latchkey(['admin', 'client', 'list'], env)
    expect(wrong).toMatchObject({ code: 3, err: expect.stringContaining('Client authentication failed') })
    const nowhere = await latchkey(['admin', 'status'], { LATCHKEY_DATA_DIR: '/nonexistent' })
    expect(nowhere).toMatchObject({ code: 3, err: expect.stringContaining('npm start') })
  })

  it('4 for a client that may not', async () => {
    const { client_id: id, client_secret: secret } = await adminJson(
      'client',
      'create',
      '--name',
      'Reader',
      '--grant-type',
      'client_credentials',
      '--scope',
      'admin:clients:read',
    )
    const env = {
      LATCHKEY_URL: suite.gateway,
      LATCHKEY_CLIENT_ID: String(id),
      LATCHKEY_CLIENT_SECRET: String(secret),
    }
    expect((await latchkey(['admin', 'client', 'list'], env)).code).toBe(0)
    expect((await latchkey(['admin', 'client', 'delete', 'demo', '--yes'], env)).code).toBe(4)
    expect((await latchkey(['admin', 'scope', 'list'], env)).code).toBe(4)
  })

  it('1 where nothing answers', async () => {
    const env = { LATCHKEY_URL: 'http://127.0.0.1:9', LATCHKEY_CLIENT_SECRET: 'x' }
    for (const words of [['status'], ['client', 'list']])
      expect(await latchkey(['admin', ...words], env)).toMatchObject({
        code: 1,
        err: expect.stringMatching(/^latchkey: http:\/\/127\.0\.0\.1:9 can not be reached: \S/),
      })
  })

  it('1 where something else answers', async () => {
    const env = { LATCHKEY_URL: suite.mailbox, LATCHKEY_CLIENT_SECRET: 'x' }
    const { code, err } = await latchkey(['admin', 'client', 'list'], env)
    expect({ code, err }).toEqual({
      code: 1,
      err: `latchkey: ${suite.mailbox} does not answer as Latchkey does (404)\n`,
    })
  })
})

describe('latchkey token', () => {
  it('tells whose an opaque token is, and whether it is good', async () => {
    const device = createDevice(suite)
    const person = aPerson()
    await device.register(person)
    const { refresh_token: token, access_token: bearer } = await device.signIn(person)
    const ask = (word: string) =>
      latchkey(['token', word, token, '--output', 'json'], { LATCHKEY_DATA_DIR: suite.dataDir })
    const decoded = await ask('decode')
    expect(decoded).toMatchObject({
      code: 0,
      json: { kind: 'refresh_token', state: 'live', session: 'live' },
    })
    expect((await ask('verify')).code).toBe(0)
    await device.send('POST', '/auth/logout', { bearer })
    expect(await ask('verify')).toMatchObject({ code: 1, json: { session: 'revoked' } })
  })
})
