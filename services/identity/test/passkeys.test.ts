/** Passkeys over the API, from their enrolment to their end. What each step of the ceremonies refuses in itself is in src/domain/webauthn. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock, eventually } from '@latchkey/testkit'
import { authenticatorFlags, type Lies } from '@latchkey/testkit/passkeys'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { aPasskeyHolder, createPasskeyHolder } from './passkey-visitor.ts'

const clock = createClock(new Date())
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now })
})
afterAll(() => identity.close())

const aHolder = (init: Parameters<typeof aPasskeyHolder>[1] = {}) => aPasskeyHolder(identity, init)
const forgetPassword = (userId: string) =>
  identity.database.pool.query('DELETE FROM password_credentials WHERE user_id = $1', [userId])
const mailsTo = (email: string) =>
  identity.neighbours.notification.messages.filter(({ recipient }) => recipient === email)
const mailed = (email: string, template: string) =>
  eventually(() => expect(mailsTo(email).map(mail => mail.template)).toContain(template))
const list = (bearer: string) => identity.call('GET', '/auth/mfa/passkeys', { bearer })
const remove = (bearer: string, id: string) => identity.call('DELETE', `/auth/mfa/passkeys/${id}`, { bearer })

describe('a passkey is enrolled', () => {
  it('by options that name us, the user and what is wanted, from PUBLIC_URL alone', async () => {
    const { bearer, email, id } = await identity.register()
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' }
    const { body } = await identity.call('POST', '/auth/mfa/passkeys/options', { bearer, headers })
    expect(body).toMatchObject({
      rp: { id: 'auth.example.test', name: 'Latchkey' },
      user: { id: Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url'), name: email },
      pubKeyCredParams: [{ alg: -7 }, { alg: -8 }, { alg: -257 }],
      excludeCredentials: [],
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
      attestation: 'none',
    })
    expect(Buffer.from(String(body.challenge), 'base64url')).toHaveLength(32)
  })

  it.each([
    { algorithm: 'ES256' },
    { algorithm: 'EdDSA' },
    { algorithm: 'RS256' },
    { isSynced: true },
  ] as const)('of the kind %j, and its owner is told', async init => {
    const { bearer, email } = await aHolder(init)
    const { body } = await list(bearer)
    const kind = 'isSynced' in init ? 'synced' : 'device'
    expect(body).toMatchObject({
      total: 1,
      passkeys: [{ name: 'Passkey', kind, transports: ['internal', 'hybrid'], last_used_at: null }],
    })
    await mailed(email, 'passkey_added')
  })

  it('and is named in the options of the next one, so that no authenticator is enrolled twice', async () => {
    const { bearer, authenticator } = await aHolder()
    const { body } = await identity.call('POST', '/auth/mfa/passkeys/options', { bearer })
    expect(body.excludeCredentials).toEqual([
      { type: 'public-key', id: authenticator.credentialId, transports: ['internal', 'hybrid'] },
    ])
  })

  it('ASVS 7.5.1: by who has proven lately who they are', async () => {
    const { bearer, authenticator } = await aHolder()
    clock.advance(600_000)
    for (const path of ['/auth/mfa/passkeys/options', '/auth/mfa/passkeys'])
      expect((await identity.call('POST', path, { bearer, body: {} })).body.code).toBe(
        'REAUTHENTICATION_REQUIRED',
      )
    expect(authenticator.credentialId).toHaveLength(43)
  })

  it('WebAuthn L3 §7.1 step 26: once, whoever has it', async () => {
    const { bearer, enrol } = await aHolder()
    const other = await identity.register()
    for (const someone of [bearer, other.bearer])
      expect((await enrol(someone)).body).toMatchObject({ status: 409, code: 'PASSKEY_EXISTS' })
  })

  it('twenty times at most', async () => {
    const { bearer } = await identity.register()
    const enrolments = Array.from({ length: 22 }, () => createPasskeyHolder(identity).enrol(bearer))
    const statuses = (await Promise.all(enrolments)).map(({ status }) => status)
    expect(statuses.filter(status => status === 201)).toHaveLength(20)
    expect((await createPasskeyHolder(identity).enrol(bearer)).body.code).toBe('TOO_MANY_PASSKEYS')
  })

  it.each([
    ['another origin', { clientData: { origin: 'https://evil.example' } }],
    ['another RP ID', { rpId: 'evil.example' }],
    ['an assertion', { clientData: { type: 'webauthn.get' } }],
    ['nobody present', { flags: authenticatorFlags.attested }],
    ['a challenge that nobody gave out', { clientData: { challenge: 'A'.repeat(43) } }],
  ] as const)('§7.1: not with %s', async (_what, lies: Lies) => {
    const { bearer } = await identity.register()
    expect((await createPasskeyHolder(identity).enrol(bearer, lies)).body).toMatchObject({
      status: 400,
      code: 'PASSKEY_REFUSED',
    })
    expect((await list(bearer)).body.total).toBe(0)
  })

  it('not with a challenge of another user, another session, another purpose, or the day before', async () => {
    const { bearer, email } = await identity.register()
    const { authenticator } = createPasskeyHolder(identity)
    const enrolWith = async (options: Record<string, unknown>, as = bearer) => {
      const filled = { rp: { id: 'auth.example.test' }, user: { id: 'dXNlcg' }, ...options }
      const credential = authenticator.create(filled as unknown as Parameters<typeof authenticator.create>[0])
      const { body } = await identity.call('POST', '/auth/mfa/passkeys', { bearer: as, body: { credential } })
      return body.code
    }
    const optionsOf = async (path: string, as: string) =>
      (await identity.call('POST', path, { bearer: as, body: {} })).body
    const other = await identity.register()
    const login = await identity.login(email, goodPassword)
    const elsewhere = String(login.body.access_token)
    const path = '/auth/mfa/passkeys/options'
    expect(await enrolWith(await optionsOf(path, other.bearer))).toBe('PASSKEY_REFUSED')
    expect(await enrolWith(await optionsOf(path, elsewhere))).toBe('PASSKEY_REFUSED')
    expect(await enrolWith(await optionsOf('/auth/passkeys/options', bearer))).toBe('PASSKEY_REFUSED')
    const old = await optionsOf(path, bearer)
    clock.advance(300_000)
    expect(await enrolWith(old)).toBe('PASSKEY_REFUSED')
  })

  it.each([
    {},
    { credential: 'nonsense' },
    {
      credential: {
        id: 'a',
        type: 'public-key',
        response: { clientDataJSON: '###', attestationObject: 'a' },
      },
    },
    {
      credential: {
        id: 'a',
        type: 'public-key',
        response: { clientDataJSON: 'e30', attestationObject: 'a' },
      },
    },
    { credential: { id: 'a', type: 'password', response: {} } },
    { name: '', credential: {} },
  ])('400 for %j', async body => {
    const { bearer } = await identity.register()
    expect((await identity.call('POST', '/auth/mfa/passkeys', { bearer, body })).body).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
    })
  })
})

describe('a passkey is its owner’s to rename and to remove', () => {
  it('is renamed', async () => {
    const { bearer, passkeyId } = await aHolder()
    const answer = await identity.call('PATCH', `/auth/mfa/passkeys/${passkeyId}`, {
      bearer,
      body: { name: ' Blue key ' },
    })
    expect(answer.body).toMatchObject({ id: passkeyId, name: 'Blue key' })
    for (const name of ['', 'x'.repeat(101), 'a\u202eb'])
      expect(
        (await identity.call('PATCH', `/auth/mfa/passkeys/${passkeyId}`, { bearer, body: { name } })).status,
      ).toBe(400)
  })

  it('is removed, its owner is told, and it signs in no more', async () => {
    const { bearer, passkeyId, email, signIn, assertion } = await aHolder()
    expect((await remove(bearer, passkeyId)).status).toBe(204)
    expect((await list(bearer)).body.total).toBe(0)
    await mailed(email, 'passkey_removed')
    expect((await signIn(await assertion())).status).toBe(401)
  })

  it('is no business of another', async () => {
    const { passkeyId } = await aHolder()
    const { bearer } = await identity.register()
    const path = `/auth/mfa/passkeys/${passkeyId}`
    expect((await identity.call('PATCH', path, { bearer, body: { name: 'Mine' } })).status).toBe(404)
    for (const id of [passkeyId, createUuid(), 'nonsense'])
      expect((await remove(bearer, id)).body).toMatchObject({ status: 404, code: 'PASSKEY_NOT_FOUND' })
  })

  it('stays where it is the last way in, also when two are removed at once', async () => {
    const { bearer, id, passkeyId } = await aHolder()
    const second = await createPasskeyHolder(identity).enrol(bearer)
    await forgetPassword(id)
    const answers = await Promise.all([remove(bearer, passkeyId), remove(bearer, String(second.body.id))])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('LAST_WAY_IN')
  })
})

describe('what is stored', () => {
  it('is no challenge, and no secret', async () => {
    const { assertion } = await aHolder()
    const credential = await assertion()
    const { challenge } = JSON.parse(Buffer.from(credential.response.clientDataJSON, 'base64url').toString())
    const { rows } = await identity.database.pool.query<{ row: string }>(
      'SELECT passkey_ceremonies::text AS row FROM passkey_ceremonies',
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.some(({ row }) => row.includes(challenge))).toBe(false)
    expect(identity.logLines.join('\n')).not.toContain(challenge)
  })
})
