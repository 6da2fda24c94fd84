import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sha256Hex } from '@latchkey/runtime/crypto'
import { createUuid } from '@latchkey/runtime/ids'
import { createKeptLog } from '@latchkey/service-testkit'
import { aClient, type ClientInit } from './a-client.ts'
import { addScopes } from './scopes.ts'
import { startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica
const log = createKeptLog()

beforeAll(async () => {
  suite = await startTokenSuite()
  await addScopes(suite.database, ['api:read'])
  replica = await suite.startReplica({}, log.loggerOf('token'))
})
afterAll(async () => {
  await replica.close()
  await suite.close()
})

const aMachine = (init: ClientInit = {}) =>
  aClient(suite.database, {
    type: 'confidential',
    ...init,
    metadata: { grant_types: ['client_credentials'], scope: 'api:read', ...init.metadata },
  })

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
})

// Each test has an address, and with it a budget for failures, of its own.
let nextAddress = 1
const anAddress = () => {
  nextAddress += 1
  return { 'x-forwarded-for': `192.0.2.${nextAddress}` }
}

const ask = (
  parameters: Readonly<Record<string, string | readonly string[]>>,
  headers: Record<string, string> = {},
) =>
  replica.postForm(
    '/oauth/token',
    { grant_type: 'client_credentials', ...parameters },
    { ...anAddress(), ...headers },
  )

const failed = { error: 'invalid_client', error_description: 'Client authentication failed' }
const notFound = { error: 'invalid_client', error_description: 'Client not found or inactive' }
const wrongSecret = randomBytes(32).toString('base64url')

describe('CHECKLIST 15: a client that authenticates (draft OAuth 2.1 §2.4)', () => {
  it('by client_secret_basic', async () => {
    const { id, rawSecret } = await aMachine()
    expect(await ask({}, basic(id, rawSecret))).toMatchObject({ status: 200 })
    expect(await ask({ client_id: id }, basic(id, rawSecret))).toMatchObject({ status: 200 })
  })

  it('by client_secret_basic with an id that has to be encoded (RFC 6749 §2.3.1)', async () => {
    const { id, rawSecret } = await aMachine({ id: `shop:ü +% ${createUuid()}` })
    expect(await ask({}, basic(id, rawSecret))).toMatchObject({ status: 200 })
  })

  it('by client_secret_basic as curl sends it, without encoding', async () => {
    const rawSecret = `+%/:${randomBytes(24).toString('base64')}`
    const { id } = await aMachine({ rawSecret })
    const asItIs = { authorization: `Basic ${Buffer.from(`${id}:${rawSecret}`).toString('base64')}` }
    expect((await ask({}, asItIs)).status).toBe(200)
    expect((await ask({}, basic(id, rawSecret))).status).toBe(200)
  })

  it('by client_secret_post', async () => {
    const { id, rawSecret } = await aMachine({
      metadata: { token_endpoint_auth_method: 'client_secret_post' },
    })
    expect(await ask({ client_id: id, client_secret: rawSecret })).toMatchObject({ status: 200 })
  })

  it('by its secret in either place where an operator has named no method', async () => {
    const { id, rawSecret } = await aMachine({ metadata: { token_endpoint_auth_method: undefined } })
    expect((await ask({}, basic(id, rawSecret))).status).toBe(200)
    expect((await ask({ client_id: id, client_secret: rawSecret })).status).toBe(200)
    expect((await ask({ client_id: id })).body).toMatchObject(failed)
    expect((await ask({ client_id: id, client_secret: rawSecret }, basic(id, rawSecret))).body).toMatchObject(
      {
        error: 'invalid_request',
      },
    )
  })

  it('by either of two secrets while one is changed, and not by one that has expired', async () => {
    const { id, rawSecret } = await aMachine()
    const addSecret = async (expiresAt: Date | null) => {
      const secret = randomBytes(32).toString('base64url')
      const secretHash = Buffer.from(sha256Hex(secret), 'hex')
      await suite.database.prisma.clientSecret.create({
        data: { id: createUuid(), clientId: id, secretHash, expiresAt },
      })
      return secret
    }
    const expired = await addSecret(new Date(Date.now() - 1_000))
    const next = await addSecret(new Date(Date.now() + 60_000))
    expect((await ask({}, basic(id, rawSecret))).status).toBe(200)
    expect((await ask({}, basic(id, next))).status).toBe(200)
    expect((await ask({}, basic(id, expired))).body).toMatchObject(failed)
  })
})

describe('CHECKLIST 15: a client that does not', () => {
  it('is refused with a wrong secret, by 401 with a challenge where Basic was tried (§3.2.4)', async () => {
    const { id } = await aMachine()
    const { status, headers, body } = await ask({}, basic(id, wrongSecret))
    expect([status, body]).toEqual([401, expect.objectContaining(failed)])
    expect(headers.get('www-authenticate')).toBe('Basic realm="latchkey", charset="UTF-8"')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('is refused with a wrong secret in the body, without a challenge', async () => {
    const { id } = await aMachine({ metadata: { token_endpoint_auth_method: 'client_secret_post' } })
    const { status, headers, body } = await ask({ client_id: id, client_secret: wrongSecret })
    expect([status, body]).toEqual([401, expect.objectContaining(failed)])
    expect(headers.get('www-authenticate')).toBeNull()
  })

  it('is refused where it leaves its secret out', async () => {
    const { id } = await aMachine()
    expect(await ask({ client_id: id })).toMatchObject({ status: 401, body: failed })
  })

  it('is refused where it uses a method that it is not registered for', async () => {
    const { id, rawSecret } = await aMachine()
    expect(await ask({ client_id: id, client_secret: rawSecret })).toMatchObject({
      status: 401,
      body: failed,
    })
    const inPublic = await aClient(suite.database)
    expect((await ask({}, basic(inPublic.id, wrongSecret))).body).toMatchObject(failed)
  })

  it('is not found where it is unknown, inactive, or in another case', async () => {
    const inactive = await aMachine({ active: false })
    const { id, rawSecret } = await aMachine()
    for (const [clientId, secret] of [
      ['nobody', wrongSecret],
      [inactive.id, inactive.rawSecret],
      [id.toUpperCase(), rawSecret],
    ] as const) {
      expect(await ask({}, basic(clientId, secret))).toMatchObject({ status: 401, body: notFound })
      expect((await ask({ client_id: clientId })).body).toMatchObject(notFound)
    }
  })

  it('is not found by a name that no store can hold', async () => {
    for (const id of ['shop\0', 'x'.repeat(10_000)]) {
      expect(await ask({}, basic(id, wrongSecret))).toMatchObject({ status: 401, body: notFound })
    }
  })

  it.each([
    'Basic',
    'Basic !',
    `Basic ${Buffer.from('no colon').toString('base64')}`,
    `Basic ${Buffer.from(':secret').toString('base64')}`,
    `Basic ${Buffer.from('%zz:secret').toString('base64')}`,
    'Bearer abc',
  ])('is refused where its header can not be read: %s', async authorization => {
    const { status, headers, body } = await ask({}, { authorization })
    expect([status, body]).toEqual([401, expect.objectContaining(failed)])
    expect(headers.get('www-authenticate')).toMatch(/^Basic /)
  })

  it('is refused where it authenticates twice, whatever the second proof is (§2.4)', async () => {
    const { id, rawSecret } = await aMachine()
    const { status, body } = await ask({ client_id: id, client_secret: rawSecret }, basic(id, rawSecret))
    expect([status, body.error]).toEqual([400, 'invalid_request'])
  })

  it('is refused where it names another client than the one that authenticates', async () => {
    const [one, other] = [await aMachine(), await aMachine()]
    const { status, body } = await ask({ client_id: other.id }, basic(one.id, one.rawSecret))
    expect([status, body.error]).toEqual([400, 'invalid_request'])
  })

  it.each([undefined, ''])('is refused where it neither authenticates nor says its name: %j', async name => {
    const { status, headers, body } = await ask(name === undefined ? {} : { client_id: name })
    expect([status, body]).toEqual([401, expect.objectContaining(failed)])
    expect(headers.get('www-authenticate')).toMatch(/^Basic /)
  })

  it('leaves a line with the reason for the operator, and not what it sent', async () => {
    const { id, rawSecret } = await aMachine()
    await ask({ client_id: id, client_secret: rawSecret })
    expect(log.entries()).toContainEqual(
      expect.objectContaining({ client_id: id, reason: 'method', method: 'client_secret_post' }),
    )
    expect(log.lines.join('\n')).not.toContain(rawSecret)
  })
})

describe('CHECKLIST 16: secrets in the URL', () => {
  it.each(['client_secret', 'code', 'refresh_token', 'subject_token', 'client_assertion'])(
    'are refused: %s',
    async name => {
      const { id, rawSecret } = await aMachine()
      const { status, body } = await replica.postForm(
        `/oauth/token?${name}=abc`,
        { grant_type: 'client_credentials' },
        { ...anAddress(), ...basic(id, rawSecret) },
      )
      expect([status, body]).toEqual([
        400,
        expect.objectContaining({
          error: 'invalid_request',
          error_description: `${name} must never be in the URL; send it in the body`,
        }),
      ])
    },
  )
})

describe('CHECKLIST 16: guessing', () => {
  it('is limited for each client and address, over all replicas', async () => {
    const other = await suite.startReplica()
    const { id, rawSecret } = await aMachine()
    const address = anAddress()
    const guess = (at: Replica, secret: string, from = address) =>
      at.postForm('/oauth/token', { grant_type: 'client_credentials' }, { ...from, ...basic(id, secret) })
    for (let n = 0; n < 20; n += 1) {
      expect((await guess(n % 2 === 0 ? replica : other, wrongSecret)).status).toBe(401)
    }
    const refused = await guess(other, rawSecret)
    expect([refused.status, refused.body]).toEqual([
      429,
      expect.objectContaining({ error: 'too_many_requests', error_description: 'Rate limit exceeded' }),
    ])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(200)
    expect((await guess(replica, rawSecret, anAddress())).status).toBe(200)
    await other.close()
  })

  it('is not helped by the many addresses of one IPv6 network', async () => {
    const { id } = await aMachine()
    const guess = (n: number) =>
      replica.postForm(
        '/oauth/token',
        { grant_type: 'client_credentials' },
        { 'x-forwarded-for': `2001:db8:1:2::${n}`, ...basic(id, wrongSecret) },
      )
    for (let n = 1; n <= 20; n += 1) expect((await guess(n)).status).toBe(401)
    expect((await guess(21)).status).toBe(429)
  })

  it('of names is limited for each address, whatever the names', async () => {
    const address = anAddress()
    const name = () =>
      replica.postForm('/oauth/token', { grant_type: 'client_credentials', client_id: createUuid() }, address)
    for (let n = 0; n < 20; n += 1) expect((await name()).status).toBe(401)
    expect((await name()).status).toBe(429)
  })
})
