/** Passkeys after a password, and among the factors of an account. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createClock, eventually } from '@latchkey/testkit'
import { authenticatorFlags } from '@latchkey/testkit/passkeys'
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
const remove = (bearer: string, id: string) => identity.call('DELETE', `/auth/mfa/passkeys/${id}`, { bearer })

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
