/** Passkeys in the place of a password: at a sign-in, and where somebody proves once more who they are. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createClock, eventually } from '@latchkey/testkit'
import { authenticatorFlags, type Lies } from '@latchkey/testkit/passkeys'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { aPasskeyHolder } from './passkey-visitor.ts'

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
    await identity.relayed()
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
