/** The "this wasn't me" link: what it ends, and what the password that somebody else knows is worth afterwards. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock, eventually } from '@latchkey/testkit'
import type { DeviceHash, SessionId, UserId } from '../src/domain/ids.ts'
import { createMintNotMeLink } from '../src/domain/not-me-link.ts'
import { insertNotMeLink } from '../src/store/not-me-links.ts'
import { goodPassword, type IdentityUnderTest, otherPassword, startIdentity } from './identity-under-test.ts'
import { createVisitor } from './pages-visitor.ts'
import { createPasskeyHolder } from './passkey-visitor.ts'
import { enrol } from './second-factors.ts'

const clock = createClock(new Date())
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now })
})
afterAll(() => identity.close())

const mintNotMeLink = createMintNotMeLink({ ttlSeconds: 604_800, now: clock.now })

/** A user whose account somebody else has signed in to, and the token of the owner's mail about it. */
const aVictim = async () => {
  const owner = await identity.register()
  await identity.login(owner.email, goodPassword)
  const sessions = () => identity.neighbours.session.sessions.filter(({ userId }) => userId === owner.id)
  const session = sessions()[1]
  if (session === undefined) throw new Error('the intruder has no session')
  const { rawToken, link } = mintNotMeLink({
    userId: owner.id as UserId,
    sessionId: session.id as SessionId,
    device: session.deviceId as DeviceHash,
  })
  await insertNotMeLink(identity.database.pool, link)
  return { owner, session, sessions, rawToken }
}

const disown = (token: string) => createVisitor(identity).send('POST', '/sessions/not-me', { token })
const resetMails = (email: string) =>
  identity.neighbours.notification.messages.filter(
    ({ recipient, template }) => recipient === email && template === 'password_reset_required',
  )
const resetTokenOf = async (email: string): Promise<string> => {
  const mail = await eventually(() => {
    const found = resetMails(email).at(-1)
    if (found === undefined) throw new Error('no mail yet')
    return found
  })
  return String((await identity.unseal(mail.sealedData)).token)
}
const suspended = { status: 403, body: { code: 'PASSWORD_RESET_REQUIRED' } }

describe('/sessions/not-me', () => {
  it('takes the passkeys along that were added in the session, and no others', async () => {
    const { owner, session, rawToken } = await aVictim()
    const [ours, theirs] = [createPasskeyHolder(identity), createPasskeyHolder(identity)]
    expect((await ours.enrol(owner.bearer)).status).toBe(201)
    // Added before, in a session that is not disowned; now as if in the intruder's.
    expect((await theirs.enrol(owner.bearer)).status).toBe(201)
    await identity.database.pool.query('UPDATE passkeys SET enrolled_in = $2 WHERE credential_id = $1', [
      theirs.authenticator.credentialId,
      session.id,
    ])
    expect((await disown(rawToken)).status).toBe(303)
    expect((await theirs.signIn(await theirs.assertion())).body.code).toBe('PASSKEY_REFUSED')
    expect((await ours.signIn(await ours.assertion())).status).toBe(200)
  })

  it('takes the app and the provider along that were added in the session, with the codes that stood in for them', async () => {
    const { owner, session, rawToken } = await aVictim()
    const { pool } = identity.database
    await enrol(identity, owner.bearer, clock)
    await pool.query('UPDATE totp_factors SET set_up_by = $2 WHERE user_id = $1', [owner.id, session.id])
    const insert = `INSERT INTO external_accounts (id, user_id, provider, issuer, subject, linked_at, last_used_at, linked_in)
                    VALUES ($1::uuid, $2, 'demo', 'https://demo.example', $1::text, now(), now(), $3)`
    const ours = createUuid()
    await pool.query(insert, [createUuid(), owner.id, session.id])
    await pool.query(insert, [ours, owner.id, createUuid()])
    await disown(rawToken)
    const left = async (table: string) =>
      (await pool.query(`SELECT * FROM ${table} WHERE user_id = $1`, [owner.id])).rows
    expect(await left('totp_factors')).toEqual([])
    expect(await left('recovery_codes')).toEqual([])
    expect(await left('external_accounts')).toMatchObject([{ id: ours }])
  })

  it('takes recovery codes along that whoever was in may have drawn', async () => {
    const { owner, rawToken } = await aVictim()
    await enrol(identity, owner.bearer, clock)
    await disown(rawToken)
    const left = (table: string) =>
      identity.database.pool.query(`SELECT FROM ${table} WHERE user_id = $1`, [owner.id])
    expect((await left('recovery_codes')).rowCount).toBe(0)
    expect((await left('totp_factors')).rowCount).toBe(1)
  })

  it('leaves the factors that were set up elsewhere, and recovery codes from before', async () => {
    const { owner, rawToken } = await aVictim()
    await enrol(identity, owner.bearer, clock)
    const before = `UPDATE recovery_codes SET created_at = created_at - interval '2 hours' WHERE user_id = $1`
    await identity.database.pool.query(before, [owner.id])
    await disown(rawToken)
    const codes = 'SELECT FROM recovery_codes WHERE user_id = $1'
    expect((await identity.database.pool.query(codes, [owner.id])).rowCount).toBe(10)
    const { rowCount } = await identity.database.pool.query('SELECT FROM totp_factors WHERE user_id = $1', [
      owner.id,
    ])
    expect(rowCount).toBe(1)
  })

  it('changes nothing when it is opened: a mail scanner signs nobody out', async () => {
    const { rawToken, sessions } = await aVictim()
    const visitor = createVisitor(identity, { 'accept-language': 'de' })
    const page = await visitor.open(`/sessions/not-me?token=${rawToken}`)
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('Das war ich nicht')])
    expect(sessions().map(({ endReason }) => endReason)).toEqual([undefined, undefined])
    const done = await visitor.submit(page)
    expect([done.status, done.headers.get('location')]).toEqual([
      303,
      expect.stringContaining('?done=not_me'),
    ])
    expect((await visitor.open(String(done.headers.get('location')))).status).toBe(200)
  })

  it('ends the session, what was granted in it and its device’s good name, and leaves the others', async () => {
    const { owner, session, sessions, rawToken } = await aVictim()
    expect((await disown(rawToken)).status).toBe(303)
    expect(sessions().map(({ endReason }) => endReason)).toEqual([undefined, 'not_me'])
    await eventually(() =>
      expect(identity.neighbours.token.offlineEndings).toContainEqual({
        userId: owner.id,
        sessionId: session.id,
        signedInUntil: expect.anything(),
      }),
    )
    const { rows } = await identity.database.pool.query(
      'SELECT device_hash FROM known_devices WHERE user_id = $1',
      [owner.id],
    )
    expect(rows).toHaveLength(1)
    expect(rows).not.toContainEqual({ device_hash: session.deviceId })
  })

  it('forgets who the intruder has shown to be, and not what the owner has shown elsewhere', async () => {
    const { owner, session, rawToken } = await aVictim()
    const intruder = await identity.neighbours.token.sign({ sub: owner.id, sid: session.id })
    await disown(rawToken)
    const setUpApp = async (bearer: string) =>
      (await identity.call('POST', '/auth/mfa/totp', { bearer })).status
    expect([await setUpApp(intruder), await setUpApp(owner.bearer)]).toEqual([403, 200])
  })

  it('tells the owner, in the language of the page, with a link that works although others had asked for many', async () => {
    const { owner, rawToken } = await aVictim()
    for (let wish = 0; wish < 5; wish += 1)
      await identity.call('POST', '/auth/password/reset', { body: { email: owner.email } })
    const visitor = createVisitor(identity, { 'accept-language': 'fr' })
    await visitor.submit(await visitor.open(`/sessions/not-me?token=${rawToken}`))
    const token = await resetTokenOf(owner.email)
    expect(resetMails(owner.email)).toMatchObject([{ locale: 'fr' }])
    const body = { token, new_password: otherPassword }
    expect((await identity.call('POST', '/auth/password/reset/confirm', { body })).status).toBe(200)
    expect((await identity.login(owner.email, otherPassword)).status).toBe(200)
  })

  it('lets resets die that whoever was in may have asked for', async () => {
    const { owner, rawToken } = await aVictim()
    await identity.call('POST', '/auth/password/reset', { body: { email: owner.email } })
    const mail = await eventually(() => {
      const found = identity.neighbours.notification.messages.find(
        ({ recipient, template }) => recipient === owner.email && template === 'password_reset',
      )
      if (found === undefined) throw new Error('no mail yet')
      return found
    })
    await disown(rawToken)
    const { token = '' } = await identity.unseal(mail.sealedData)
    const body = { token, new_password: otherPassword }
    expect(await identity.call('POST', '/auth/password/reset/confirm', { body })).toMatchObject({
      body: { code: 'INVALID_RESET_TOKEN' },
    })
  })

  it('works once, under ten parallel requests too', async () => {
    const { owner, rawToken } = await aVictim()
    const answers = await Promise.all(Array.from({ length: 10 }, () => disown(rawToken)))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(9)
    await resetTokenOf(owner.email)
    expect(resetMails(owner.email)).toHaveLength(1)
  })

  it('asks every device for the second factor again', async () => {
    const { owner, rawToken } = await aVictim()
    await identity.database.pool.query(
      `INSERT INTO remembered_devices VALUES ($1, 'some device', 'agent', now(), now() + interval '1 day')`,
      [owner.id],
    )
    await disown(rawToken)
    const { rowCount } = await identity.database.pool.query(
      'SELECT FROM remembered_devices WHERE user_id = $1',
      [owner.id],
    )
    expect(rowCount).toBe(0)
  })

  it('of an account without a password ends the session, and says what else may be known', async () => {
    const { owner, sessions, rawToken } = await aVictim()
    await identity.database.pool.query('DELETE FROM password_credentials WHERE user_id = $1', [owner.id])
    const answer = await disown(rawToken)
    expect(answer.headers.get('location')).toContain('?done=ended')
    expect((await createVisitor(identity).open('/sessions/not-me?done=ended')).text).toContain('no password')
    expect(sessions().map(({ endReason }) => endReason)).toEqual([undefined, 'not_me'])
    await eventually(() =>
      expect(identity.neighbours.notification.messages).toContainEqual(
        expect.objectContaining({ recipient: owner.email, template: 'session_disowned' }),
      ),
    )
    expect(resetMails(owner.email)).toEqual([])
  })

  it('works for a week', async () => {
    const { rawToken } = await aVictim()
    clock.advance(604_800_000)
    expect((await disown(rawToken)).status).toBe(400)
    expect((await createVisitor(identity).open(`/sessions/not-me?token=${rawToken}`)).status).toBe(400)
    clock.advance(-1)
    expect((await disown(rawToken)).status).toBe(303)
  })

  it.each(['', 'x', 'A'.repeat(43), "'--"])('answers the token %j with a page that says so', async token => {
    expect(await disown(token)).toMatchObject({ status: 400, text: expect.stringContaining('<html') })
  })

  it('keeps of the token nothing but its hash', async () => {
    const { rawToken } = await aVictim()
    for (const table of ['not_me_links', 'outbox']) {
      const { rows } = await identity.database.pool.query(`SELECT t::text AS text FROM ${table} t`)
      expect(JSON.stringify(rows)).not.toContain(rawToken)
    }
    expect(identity.logLines.join('\n')).not.toContain(rawToken)
  })
})

describe('a password that somebody else knows', () => {
  it('opens nothing, and says so only to who knows it', async () => {
    const { owner, rawToken } = await aVictim()
    await disown(rawToken)
    expect(await identity.login(owner.email, goodPassword)).toMatchObject(suspended)
    expect((await identity.login(owner.email, otherPassword)).status).toBe(401)
    const visitor = createVisitor(identity)
    const page = await visitor.open('/login')
    const answer = await visitor.submit(page, { email: owner.email, password: goodPassword })
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('can’t be used any more')])

    // Neither does it prove anything in a session that lives on: it might be another one of the intruder's.
    const { bearer } = owner
    const body = { current_password: goodPassword, new_password: otherPassword }
    expect(await identity.call('PUT', '/auth/password', { bearer, body })).toMatchObject(suspended)
    const proof = { bearer, body: { password: goodPassword } }
    expect(await identity.call('POST', '/auth/reauthenticate', proof)).toMatchObject(suspended)
    expect(await identity.call('DELETE', '/auth/me', proof)).toMatchObject(suspended)
  })

  it('has another link mailed at a sign-in once the first one is too old, and none before', async () => {
    const { owner, rawToken } = await aVictim()
    await disown(rawToken)
    const first = await resetTokenOf(owner.email)
    for (let n = 0; n < 3; n += 1) await identity.login(owner.email, goodPassword)
    clock.advance(3_600_000)
    await identity.login(owner.email, goodPassword)
    await eventually(() => expect(resetMails(owner.email)).toHaveLength(2), { timeoutMs: 20_000 })
    expect(await resetTokenOf(owner.email)).not.toBe(first)
  })

  it('is refused to a sign-in that was under way when it was disowned', async () => {
    const { owner, sessions, rawToken } = await aVictim()
    identity.neighbours.session.onCreate.push(async () => {
      await disown(rawToken)
    })
    expect((await identity.login(owner.email, goodPassword)).status).toBe(401)
    expect(sessions().at(-1)).toMatchObject({ endReason: 'sign_in_failed' })
  })

  it('is nobody else’s business', async () => {
    const { rawToken } = await aVictim()
    const bystander = await identity.register({ email: `user-${createUuid()}@example.com` })
    await disown(rawToken)
    expect((await identity.login(bystander.email, goodPassword)).status).toBe(200)
  })
})
