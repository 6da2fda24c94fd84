/** What is under way in a session while it is ended: whoever was in leaves nothing behind that lets them back in. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { publishTo } from '@latchkey/outbox'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock, eventually } from '@latchkey/testkit'
import type { UserId } from '../src/domain/ids.ts'
import { endSessions } from '../src/store/session-endings.ts'
import {
  type Answer,
  goodPassword,
  type IdentityUnderTest,
  otherPassword,
  startIdentity,
} from './identity-under-test.ts'
import { createVisitor } from './pages-visitor.ts'
import { challengeOf, enrol, withTotp } from './second-factors.ts'

const clock = createClock(new Date())
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now })
})
afterAll(() => identity.close())

/**
 * Lets a request come as far as the user's row, or their proofs; then all their sessions end, as by a reset; and then it
 * goes on.
 */
const whileEnding = async (id: string, request: () => Promise<Answer>): Promise<Answer> => {
  // Else it could be a mail on its way that waits for the row.
  await identity.relayed()
  const client = await identity.database.pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE', [id])
    await client.query('SELECT FROM authentications WHERE user_id = $1 FOR UPDATE', [id])
    const asked = request()
    await eventually(async () => {
      const waiting = `SELECT FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock'`
      expect((await client.query(waiting)).rowCount).not.toBe(0)
    })
    const { rows } = await client.query<{ version: number }>(
      'UPDATE password_credentials SET version = version + 1 WHERE user_id = $1 RETURNING version',
      [id],
    )
    await endSessions(client, {
      userId: id as UserId,
      exceptSessionId: undefined,
      fromCredentialVersion: rows[0]?.version ?? 0,
      reason: 'password_reset',
    })
    await client.query('COMMIT')
    return await asked
  } finally {
    client.release()
  }
}

const rowsOf = async (table: string, id: string) =>
  (await identity.database.pool.query(`SELECT * FROM ${table} WHERE user_id = $1`, [id])).rows

describe('ASVS 7.4.3, 7.5.1: in a session that is ended meanwhile', () => {
  it('no recovery codes are made', async () => {
    const { id, bearer } = await identity.register()
    await enrol(identity, bearer, clock)
    const before = await rowsOf('recovery_codes', id)
    const answer = await whileEnding(id, () => identity.call('POST', '/auth/mfa/recovery-codes', { bearer }))
    expect([answer.status, answer.body.recovery_codes]).toEqual([409, undefined])
    expect(await rowsOf('recovery_codes', id)).toEqual(before)
  })

  it('no change of an address begins, of which the present one would not be asked', async () => {
    const { id, bearer } = await identity.register()
    const body = { email: `mine-${createUuid()}@example.com` }
    await whileEnding(id, () => identity.call('POST', '/auth/email/change', { bearer, body }))
    expect(await rowsOf('email_changes', id)).toEqual([])
  })

  it('the password is not taken away, and with it all sessions but this one', async () => {
    const { id, email } = await identity.register()
    const visitor = createVisitor(identity)
    await visitor.submit(await visitor.open('/login'), { email, password: goodPassword })
    await identity.database.pool.query(
      `INSERT INTO passkeys (id, user_id, credential_id, public_key, sign_count, transports, is_backup_eligible, is_backed_up,
                             is_discoverable, can_verify_user, aaguid, name, created_at)
       VALUES ($1, $2, 'a-passkey', '\\x00', 0, '{}', true, true, true, true, $1, 'Phone', now())`,
      [createUuid(), id],
    )
    const page = await visitor.open('/account/passkeys')
    const answer = await whileEnding(id, () => visitor.submit(page, {}, '/account/passkeys/remove-password'))
    expect(answer.headers.get('location')).toBe('/account/passkeys')
    expect(await rowsOf('password_credentials', id)).toHaveLength(1)
    await identity.relayed()
    expect(identity.neighbours.session.endings.filter(({ userId }) => userId === id)).toMatchObject([
      { exceptSessionId: '' },
    ])
  })
})

describe('ASVS 7.5.1: a proof of who it is', () => {
  const setUpApp = async (bearer: string) => {
    const { status, body } = await identity.call('POST', '/auth/mfa/totp', { bearer })
    return status === 200 ? 'begun' : body.code
  }

  it('of the earlier password, which is noted late, is none', async () => {
    const { id, bearer } = await identity.register()
    const body = { password: goodPassword }
    const late = await whileEnding(id, () => identity.call('POST', '/auth/reauthenticate', { bearer, body }))
    expect(late.status).toBe(204)
    expect(await setUpApp(bearer)).toBe('REAUTHENTICATION_REQUIRED')
    expect((await identity.call('POST', '/auth/reauthenticate', { bearer, body })).status).toBe(204)
    expect(await setUpApp(bearer)).toBe('begun')
  })

  it('by a sign-in whose last step does not see the change yet is none', async () => {
    const { id, email } = await identity.register()
    const late = await whileEnding(id, () => identity.login(email, goodPassword))
    // Its session ends by the order that is on its way.
    expect(late.status).toBe(200)
    expect(await setUpApp(String(late.body.access_token))).toBe('REAUTHENTICATION_REQUIRED')
  })

  it('of the session that the change was made in stays one, as does one that an earlier release has noted', async () => {
    const { id, bearer } = await identity.register()
    const body = { current_password: goodPassword, new_password: otherPassword }
    expect((await identity.call('PUT', '/auth/password', { bearer, body })).status).toBe(200)
    expect(await setUpApp(bearer)).toBe('begun')
    await identity.database.pool.query(
      'UPDATE authentications SET credential_version = NULL WHERE user_id = $1',
      [id],
    )
    expect(await setUpApp(bearer)).toBe('begun')
  })
})

describe('ASVS 7.5.1: a change of an address that was never verified, and so is not asked', () => {
  /** Asked for in a session of its own, by who knows the password. */
  const asked = async () => {
    const owner = await identity.register()
    const email = `mine-${createUuid()}@example.com`
    const bearer = String((await identity.login(owner.email, goodPassword)).body.access_token)
    expect((await identity.call('POST', '/auth/email/change', { bearer, body: { email } })).status).toBe(202)
    const { token } = await identity.mailTo(email, 'email_change_new')
    const session = identity.neighbours.session.sessions.findLast(({ userId }) => userId === owner.id)
    const confirm = async () =>
      (await identity.call('POST', '/auth/email/change/confirm', { body: { token } })).status
    const isOpen = async () =>
      (await rowsOf('email_changes', owner.id)).some(({ ended_at }) => ended_at === null)
    const end = (reason: string) =>
      publishTo(identity.redis, 'events:session', {
        type: 'session.ended',
        session_id: session?.id,
        user_id: owner.id,
        reason,
        ended_at: clock.now().toISOString(),
      })
    return { owner, bearer, confirm, isOpen, end }
  }

  it('is given up where another session changes the factors', async () => {
    const { owner, confirm } = await asked()
    await enrol(identity, owner.bearer, clock)
    expect(await confirm()).toBe(400)
  })

  it.each(['ended_by_user', 'ended_by_admin', 'refresh_token_reused', 'unconfirmed', 'a_newer_reason'])(
    'is given up where its session has ended as %s, as is what that session has proven',
    async reason => {
      const { bearer, confirm, isOpen, end } = await asked()
      await end(reason)
      await eventually(async () => expect(await isOpen()).toBe(false))
      expect(await confirm()).toBe(400)
      const again = { email: `mine-${createUuid()}@example.com` }
      const answer = await identity.call('POST', '/auth/email/change', { bearer, body: again })
      expect(answer.body.code).toBe('REAUTHENTICATION_REQUIRED')
    },
  )

  it('outlives a session that its owner has left, and one of which nothing can be read', async () => {
    const [left, ended] = [await asked(), await asked()]
    await left.end('logout')
    await left.end('')
    // One stream, one reader: what came before has been heard then.
    await ended.end('ended_by_user')
    await eventually(async () => expect(await ended.isOpen()).toBe(false))
    expect(await left.confirm()).toBe(200)
  })

  it('outlives the other sessions of its user', async () => {
    const { bearer, confirm } = await asked()
    await enrol(identity, bearer, clock)
    expect(await confirm()).toBe(200)
  })
})

describe('a device that was to be remembered', () => {
  it('is not, where a change that forgets all of them overtakes the sign-in', async () => {
    const { id, email, app, cookie } = await withTotp(identity, clock)
    const mfa_token = challengeOf(await identity.login(email, goodPassword, { headers: { cookie } }))
    const body = { mfa_token, code: app.nextCode(), remember_device: true }
    const headers = { cookie }
    const verify = () => identity.call('POST', '/auth/mfa/verify', { body, headers })
    expect((await whileEnding(id, verify)).status).toBe(200)
    expect(await rowsOf('remembered_devices', id)).toEqual([])
  })
})

describe('recovery codes', () => {
  it('are not made for who has lost their last factor meanwhile', async () => {
    const { id, bearer } = await identity.register()
    const { confirmed } = await enrol(identity, bearer, clock)
    const [factor] = confirmed.body.factors as { id: string }[]
    const answers = await Promise.all([
      identity.call('DELETE', `/auth/mfa/${factor?.id}`, { bearer }),
      ...Array.from({ length: 5 }, () => identity.call('POST', '/auth/mfa/recovery-codes', { bearer })),
    ])
    expect(answers[0]?.status).toBe(204)
    expect(await rowsOf('recovery_codes', id)).toEqual([])
    expect((await identity.call('GET', '/auth/mfa', { bearer })).body.recovery_codes).toBeNull()
  })
})
