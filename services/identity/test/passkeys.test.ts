/** Passkeys over the API. What each step of the ceremonies refuses in itself is in src/domain/webauthn. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock, eventually } from '@latchkey/testkit'
import { authenticatorFlags, type Lies } from '@latchkey/testkit/passkeys'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { createPasskeyHolder } from './passkey-visitor.ts'

const clock = createClock(new Date())
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now })
})
afterAll(() => identity.close())

/** A user with one passkey. */
const aHolder = async (init: Parameters<typeof createPasskeyHolder>[1] = {}) => {
  const user = await identity.register()
  const holder = createPasskeyHolder(identity, init)
  const enrolled = await holder.enrol(user.bearer)
  expect(enrolled.status).toBe(201)
  const recoveryCodes = (enrolled.body.recovery_codes ?? []) as string[]
  return { ...user, ...holder, passkeyId: String(enrolled.body.id), recoveryCodes }
}
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

describe('a passkey signs in', () => {
  it('by a question that is the same for everybody', async () => {
    const { status, body } = await identity.call('POST', '/auth/passkeys/options', {
      body: { email: 'x@example.com' },
    })
    expect(status).toBe(200)
    expect({ ...body, challenge: '' }).toEqual({
      challenge: '',
      timeout: 300_000,
      rpId: 'auth.example.test',
      allowCredentials: [],
      userVerification: 'required',
    })
  })

  it.each([
    [{ algorithm: 'ES256' }, ['hwk', 'user', 'mfa']],
    [{ algorithm: 'EdDSA' }, ['hwk', 'user', 'mfa']],
    [{ isSynced: true }, ['swk', 'user', 'mfa']],
  ] as const)('%j, as two factors', async (init, authenticationMethods) => {
    const { signIn, assertion, id, email, bearer } = await aHolder(init)
    for (let time = 0; time < 2; time += 1) {
      const answer = await signIn(await assertion())
      expect(answer.body).toMatchObject({ user: { id, email }, token_type: 'Bearer' })
      expect(answer.headers.getSetCookie()).toHaveLength(1)
    }
    expect(identity.neighbours.token.issued.at(-1)).toMatchObject({ authenticationMethods })
    const { body } = await list(bearer)
    expect(body).toMatchObject({ passkeys: [{ last_used_at: clock.now().toISOString() }] })
  })

  it('who is locked out by strangers that guess a password', async () => {
    const { signIn, assertion, email } = await aHolder()
    for (let guess = 0; guess < 5; guess += 1) await identity.login(email, 'Wrong-Harbour-42!')
    expect((await identity.login(email, goodPassword)).status).toBe(429)
    expect((await signIn(await assertion())).status).toBe(200)
  })

  it('§7.2: with one assertion once, however often at the same time', async () => {
    const { signIn, assertion } = await aHolder()
    const used = await assertion()
    const answers = await Promise.all(Array.from({ length: 20 }, () => signIn(used)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const refused = answers.filter(({ status }) => status !== 200)
    for (const { status, body } of refused) expect([status, body.code]).toEqual([401, 'PASSKEY_REFUSED'])
  })

  it.each([
    ['step 6', 'another user handle', { userHandle: 'c29tZWJvZHkgZWxzZQ' }],
    ['step 6', 'no user handle', { userHandle: null }],
    ['step 6', 'an unknown passkey', { credentialId: Buffer.alloc(32, 7) }],
    ['step 10', 'a registration', { clientData: { type: 'webauthn.create' } }],
    ['step 11', 'a challenge that nobody gave out', { clientData: { challenge: 'A'.repeat(43) } }],
    ['step 12', 'another origin', { clientData: { origin: 'https://evil.example' } }],
    ['step 13', 'a frame of another site', { clientData: { crossOrigin: true } }],
    ['step 15', 'another RP ID', { rpId: 'evil.example' }],
    ['step 16', 'nobody present', { flags: authenticatorFlags.userVerified }],
    ['step 17', 'an unrecognized user', { flags: authenticatorFlags.userPresent }],
    ['step 18', 'a backup that can’t be', { flags: 0x15 }],
    ['step 21', 'a signature that is none', { signature: Buffer.alloc(70, 1) }],
  ] as const)('%s: not with %s', async (_step, _what, lies: Lies) => {
    const { signIn, assertion } = await aHolder()
    const answer = await signIn(await assertion(lies))
    expect(answer.body).toMatchObject({
      status: 401,
      code: 'PASSKEY_REFUSED',
      detail: 'The passkey was not accepted',
    })
  })

  it('step 6: not with the passkey of another', async () => {
    const [mine, theirs] = [await aHolder(), await aHolder()]
    const credentialId = Buffer.from(mine.authenticator.credentialId, 'base64url')
    // Their key signs for mine; and their handle goes with mine.
    expect((await mine.signIn(await theirs.assertion({ credentialId }))).status).toBe(401)
    const handle = Buffer.from(theirs.id.replaceAll('-', ''), 'hex').toString('base64url')
    expect((await mine.signIn(await mine.assertion({ userHandle: handle }))).status).toBe(401)
  })

  it('step 22: not when the count of a key goes back, and its owner is told', async () => {
    const { signIn, assertion, email } = await aHolder()
    expect((await signIn(await assertion({ signCount: 9 }))).status).toBe(200)
    for (const signCount of [9, 8, 0]) expect((await signIn(await assertion({ signCount }))).status).toBe(401)
    await mailed(email, 'passkey_suspicious')
    expect((await signIn(await assertion({ signCount: 10 }))).status).toBe(200)
  })

  it('step 22: synced ones count nothing, and are taken', async () => {
    const { signIn, assertion, email } = await aHolder({ isSynced: true })
    for (const signCount of [0, 3, 0]) expect((await signIn(await assertion({ signCount }))).status).toBe(200)
    expect(mailsTo(email).map(({ template }) => template)).not.toContain('passkey_suspicious')
  })

  it('not to an account that is disabled, and says so', async () => {
    const { signIn, assertion, id } = await aHolder()
    await identity.database.pool.query('UPDATE users SET disabled_at = now() WHERE id = $1', [id])
    expect((await signIn(await assertion())).body).toMatchObject({ status: 403, code: 'ACCOUNT_DISABLED' })
  })

  it('not with a challenge that was given out for a page, or for five minutes ago', async () => {
    const { signIn, assertion } = await aHolder()
    const late = await assertion()
    clock.advance(300_000)
    expect((await signIn(late)).status).toBe(401)
  })

  it('also who has no password', async () => {
    const { signIn, assertion, id, email } = await aHolder()
    await forgetPassword(id)
    expect((await signIn(await assertion())).status).toBe(200)
    expect((await identity.login(email, goodPassword)).status).toBe(401)
  })
})

describe('a passkey proves once more who it is', () => {
  it('for ten minutes', async () => {
    const { bearer, reauthenticate, passkeyId } = await aHolder()
    clock.advance(600_000)
    expect((await remove(bearer, passkeyId)).body.code).toBe('REAUTHENTICATION_REQUIRED')
    expect((await reauthenticate(bearer)).status).toBe(204)
    expect((await remove(bearer, passkeyId)).status).toBe(204)
  })

  it('not another’s, not for another, and not without recognizing its user', async () => {
    const [mine, theirs] = [await aHolder(), await aHolder()]
    expect((await theirs.reauthenticate(mine.bearer)).body.code).toBe('PASSKEY_REFUSED')
    const flags = authenticatorFlags.userPresent
    expect((await mine.reauthenticate(mine.bearer, { flags })).body.code).toBe('PASSKEY_REFUSED')
    const credential = await mine.assertion()
    const answer = await identity.call('POST', '/auth/reauthenticate/passkey', {
      bearer: mine.bearer,
      body: { credential },
    })
    expect(answer.body.code).toBe('PASSKEY_REFUSED')
  })

  it('names the passkeys of the account, to who is signed in to it', async () => {
    const { bearer, authenticator } = await aHolder()
    const { body } = await identity.call('POST', '/auth/reauthenticate/passkey/options', { bearer })
    expect(body).toMatchObject({
      allowCredentials: [{ id: authenticator.credentialId }],
      userVerification: 'required',
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

describe('a passkey follows on a password (ASVS 6.4.3)', () => {
  const post = (path: string, body: object, options: object = {}) =>
    identity.call('POST', path, { body, ...options })

  /** The first factor is proven. */
  const begin = async (email: string, headers: Record<string, string> = {}) => {
    const { status, body } = await identity.login(email, goodPassword, { headers })
    expect([status, body.code]).toEqual([401, 'MFA_REQUIRED'])
    return body as { mfa_token: string; methods: string[] }
  }
  const ask = async (mfa_token: string) =>
    (await post('/auth/mfa/passkeys/verify/options', { mfa_token })).body as unknown as {
      challenge: string
      allowCredentials: object[]
    }

  it('is asked for, or a recovery code, from the moment that it is enrolled', async () => {
    const { email, id, authenticator, recoveryCodes } = await aHolder()
    expect(recoveryCodes.length).toBeGreaterThan(7)
    const { mfa_token, methods } = await begin(email)
    expect(methods).toEqual(['passkey', 'recovery_code'])
    const question = await ask(mfa_token)
    expect(question).toMatchObject({
      allowCredentials: [{ id: authenticator.credentialId }],
      userVerification: 'preferred',
    })
    const answer = await post('/auth/mfa/passkeys/verify', {
      mfa_token,
      credential: authenticator.get(question),
    })
    expect(answer.body).toMatchObject({ user: { id }, token_type: 'Bearer' })
    expect(identity.neighbours.token.issued.at(-1)).toMatchObject({
      authenticationMethods: ['pwd', 'hwk', 'user', 'mfa'],
    })
  })

  it('need not recognize its user, and need not say whose it is: a key that was only touched will do', async () => {
    const { email, authenticator } = await aHolder()
    const { mfa_token } = await begin(email)
    const lies = { flags: authenticatorFlags.userPresent, userHandle: null }
    const credential = authenticator.get(await ask(mfa_token), lies)
    expect((await post('/auth/mfa/passkeys/verify', { mfa_token, credential })).status).toBe(200)
    expect(identity.neighbours.token.issued.at(-1)).toMatchObject({
      authenticationMethods: ['pwd', 'hwk', 'mfa'],
    })
  })

  it('one assertion once, one sign-in once, also twenty at the same time', async () => {
    const { email, authenticator } = await aHolder()
    const { mfa_token } = await begin(email)
    const credential = authenticator.get(await ask(mfa_token))
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post('/auth/mfa/passkeys/verify', { mfa_token, credential })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('not another’s, not for another sign-in, and not one for another purpose', async () => {
    const [mine, theirs] = [await aHolder(), await aHolder()]
    const { mfa_token } = await begin(mine.email)
    const other = await begin(mine.email)
    const verify = async (credential: object) =>
      (await post('/auth/mfa/passkeys/verify', { mfa_token, credential })).body.code
    expect(await verify(theirs.authenticator.get(await ask(mfa_token)))).toBe('PASSKEY_REFUSED')
    expect(await verify(mine.authenticator.get(await ask(other.mfa_token)))).toBe('PASSKEY_REFUSED')
    expect(await verify(await mine.assertion())).toBe('PASSKEY_REFUSED')
    expect(await verify(mine.authenticator.get(await ask(mfa_token)))).toBeUndefined()
  })

  it('not for a sign-in that is over', async () => {
    const { email, authenticator } = await aHolder()
    const { mfa_token } = await begin(email)
    const credential = authenticator.get(await ask(mfa_token))
    clock.advance(600_000)
    expect((await post('/auth/mfa/passkeys/verify/options', { mfa_token })).status).toBe(401)
    expect((await post('/auth/mfa/passkeys/verify', { mfa_token, credential })).status).toBe(401)
  })

  it('is nothing to ask for after a passkey that has recognized its user', async () => {
    const { signIn, assertion } = await aHolder()
    expect((await signIn(await assertion())).status).toBe(200)
  })

  it('is in the list of factors, and can be removed there; the codes go with the last factor', async () => {
    const { bearer, passkeyId, email } = await aHolder()
    const { body } = await identity.call('GET', '/auth/mfa', { bearer })
    expect(body).toMatchObject({
      enabled: true,
      factors: [{ id: passkeyId, type: 'passkey', name: 'Passkey' }],
    })
    expect((await identity.call('DELETE', `/auth/mfa/${passkeyId}`, { bearer })).status).toBe(204)
    expect((await identity.call('GET', '/auth/mfa', { bearer })).body).toMatchObject({ enabled: false })
    expect((await identity.login(email, goodPassword)).status).toBe(200)
  })

  it('stays in the list where it is the last way in', async () => {
    const { bearer, passkeyId, id } = await aHolder()
    await forgetPassword(id)
    expect((await identity.call('DELETE', `/auth/mfa/${passkeyId}`, { bearer })).body.code).toBe(
      'LAST_WAY_IN',
    )
  })

  it('ASVS 7.4.3: ends the other sessions when it is enrolled and when it is removed', async () => {
    const user = await identity.register()
    await identity.login(user.email, goodPassword)
    const sessionsOf = () =>
      identity.neighbours.session.sessions
        .filter(({ userId }) => userId === user.id)
        .map(each => each.endReason)
    const holder = createPasskeyHolder(identity)
    const { body } = await holder.enrol(user.bearer)
    await eventually(() => expect(sessionsOf()).toEqual([undefined, 'factors_changed']))
    await holder.signIn(await holder.assertion())
    await remove(user.bearer, String(body.id))
    await eventually(() => expect(sessionsOf()).toEqual([undefined, 'factors_changed', 'factors_changed']))
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
