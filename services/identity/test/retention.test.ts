import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import type { ReportCleanupLag } from '@latchkey/runtime/schedule'
import { createClock } from '@latchkey/testkit'
import type { DeviceHash, SessionId, UserId } from '../src/domain/ids.ts'
import { createRetention } from '../src/store/retention.ts'
import { createSignIns } from '../src/store/sign-ins.ts'
import { createCleanUp, type Retained } from '../src/usecases/clean-up.ts'
import { createIdentityDatabase, type IdentityDatabase } from './identity-database.ts'

const day = 86_400
const clock = createClock()
let database: IdentityDatabase
beforeAll(async () => {
  database = await createIdentityDatabase()
})
afterAll(() => database.drop())

const keepSeconds = {
  password_resets: day,
  not_me_links: day,
  login_attempts: 0,
  known_devices: 365 * day,
  authentications: 600,
  passkey_ceremonies: 0,
  sign_in_challenges: 0,
  remembered_devices: 0,
  totp_factors: 3_600,
  email_proofs: day,
  email_changes: day,
  asked_mails: 3_600,
  social_journeys: 3_600,
  social_sign_ups: 3_600,
  organization_invitations: day,
}

const ago = (seconds: number) => new Date(clock.now().getTime() - seconds * 1_000)
const count = async (table: Retained) =>
  Number((await database.pool.query(`SELECT count(*) FROM ${table}`)).rows[0]?.count)

const aUser = async (): Promise<UserId> => {
  const id = createUuid<UserId>()
  await database.pool.query(
    `INSERT INTO users (id, email, email_key, name, created_at, updated_at) VALUES ($1, $2, $2, 'Jo', now(), now())`,
    [id, `${id}@example.com`],
  )
  return id
}

const signIn = (userId: UserId, device: string, at: Date) =>
  createSignIns(database).complete({
    userId,
    sessionId: createUuid<SessionId>(),
    credentialVersion: 0,
    device: device as DeviceHash,
    at,
  })

const anAttempt = (expiresAt: Date) =>
  database.pool.query(`INSERT INTO login_attempts VALUES ($1, '', 1, 0, $2, $2)`, [
    `${createUuid()}@example.com`,
    expiresAt,
  ])

const noteLags =
  (lagsMs: Map<string, number>): ReportCleanupLag =>
  (table, dueSince, at) =>
    void lagsMs.set(table, dueSince === undefined ? 0 : Math.max(0, at.getTime() - dueSince.getTime()))

const cleanUpWith = (batchSize: number, lagsMs: Map<string, number>) => {
  const cleanUp = createCleanUp({
    retention: createRetention(database),
    keepSeconds,
    reportLag: noteLags(lagsMs),
    now: clock.now,
    batchSize,
  })
  return () => cleanUp(new AbortController().signal)
}

describe('the cleanup', () => {
  it('removes what is past its time, batch by batch, and nothing else', async () => {
    const userId = await aUser()
    for (let row = 0; row < 25; row += 1) await anAttempt(ago(1 + row))
    await anAttempt(ago(-60))
    const insertReset =
      'INSERT INTO password_resets (token_hash, request_id, user_id, created_at, expires_at) VALUES ($1, $2, $3, now(), $4)'
    await database.pool.query(insertReset, ['old', createUuid(), userId, ago(day + 1)])
    await database.pool.query(insertReset, ['fresh', createUuid(), userId, ago(day - 1)])
    const aCeremony = `INSERT INTO passkey_ceremonies (challenge_hash, purpose, bound_to, expires_at) VALUES ($1, 'sign_in', '', $2)`
    await database.pool.query(aCeremony, ['old', ago(1)])
    await database.pool.query(aCeremony, ['fresh', ago(-60)])
    const insertProof = `INSERT INTO email_proofs (id, purpose, email_key, token_hash, code_hash, locale, created_at, code_expires_at, expires_at)
      VALUES ($1, 'verification', 'jo@example.com', $2, '', '', now(), now(), $3)`
    await database.pool.query(insertProof, [createUuid(), 'old', ago(day + 1)])
    await database.pool.query(insertProof, [createUuid(), 'fresh', ago(day - 1)])
    for (const seconds of [3_601, 3_599]) {
      const insertMail = 'INSERT INTO asked_mails (id, recipient, asked_at) VALUES ($1, $2, $3)'
      await database.pool.query(insertMail, [createUuid(), 'jo@example.com', ago(seconds)])
    }
    await signIn(userId, 'old', ago(365 * day + 1))
    await signIn(userId, 'used', ago(365 * day - 1))

    const insertChallenge = `
      INSERT INTO sign_in_challenges (token_hash, user_id, audience, purpose, methods, device_hash, remember_me,
                                      credential_version, created_at, expires_at)
      VALUES ($1, $2, 'api', 'verify', '{pwd}', 'device', false, 1, now(), $3)`
    await database.pool.query(insertChallenge, ['old', userId, ago(1)])
    await database.pool.query(insertChallenge, ['fresh', userId, ago(-60)])
    const insertRemembered = `
      INSERT INTO remembered_devices (user_id, device_hash, user_agent, created_at, expires_at) VALUES ($1, $2, '', now(), $3)`
    await database.pool.query(insertRemembered, [userId, 'old', ago(1)])
    await database.pool.query(insertRemembered, [userId, 'fresh', ago(-60)])
    const insertApp = `
      INSERT INTO totp_factors (id, user_id, sealed_secret, sealing_key_id, created_at, confirmed_at) VALUES ($1, $2, '', '', $3, $4)`
    await database.pool.query(insertApp, [createUuid(), userId, ago(3_601), null])
    await database.pool.query(insertApp, [createUuid(), userId, ago(3_601), ago(3_600)])

    const lagsMs = new Map<string, number>()
    await Promise.all([cleanUpWith(10, lagsMs)(), cleanUpWith(10, new Map())()])
    expect([
      await count('login_attempts'),
      await count('password_resets'),
      await count('known_devices'),
      await count('authentications'),
      await count('passkey_ceremonies'),
      await count('email_proofs'),
      await count('asked_mails'),
      await count('sign_in_challenges'),
      await count('remembered_devices'),
      await count('totp_factors'),
    ]).toEqual([1, 1, 1, 0, 1, 1, 1, 1, 1, 1])
    expect(Object.fromEntries(lagsMs)).toEqual({
      login_attempts: 0,
      password_resets: 0,
      not_me_links: 0,
      sign_in_challenges: 0,
      remembered_devices: 0,
      totp_factors: 0,
      known_devices: 0,
      authentications: 0,
      passkey_ceremonies: 0,
      email_proofs: 0,
      email_changes: 0,
      asked_mails: 0,
      social_journeys: 0,
      organization_invitations: 0,
      social_sign_ups: 0,
    })
  })

  it('tells for how long the oldest row has been due', async () => {
    await anAttempt(ago(90))
    const lagsMs = new Map<string, number>()
    const stopped = new AbortController()
    stopped.abort()
    const cleanUp = createCleanUp({
      retention: createRetention(database),
      keepSeconds,
      reportLag: noteLags(lagsMs),
      now: clock.now,
    })
    await cleanUp(stopped.signal)
    expect(lagsMs.get('login_attempts')).toBe(90_000)
  })
})

describe('known devices', () => {
  it('are the latest twenty of a user, to the hour, also when several sign in at once', async () => {
    const userId = await aUser()
    const at = (second: number) => new Date(clock.now().getTime() + second * 1_000)
    for (let device = 0; device < 20; device += 1) {
      await signIn(userId, `d${device}`, at(device))
    }
    await signIn(userId, 'd0', at(3_700))
    await signIn(userId, 'd1', at(100))
    await Promise.all(['e0', 'e1', 'e2'].map(device => signIn(userId, device, at(3_800))))
    await signIn(userId, 'e3', at(3_900))
    const { rows } = await database.pool.query<{ device_hash: string }>(
      'SELECT device_hash FROM known_devices WHERE user_id = $1',
      [userId],
    )
    const devices = rows.map(row => row.device_hash)
    expect(devices).toHaveLength(20)
    expect(devices).toEqual(expect.arrayContaining(['d0', 'e0', 'e1', 'e2', 'e3', 'd19']))
    expect(devices).not.toContain('d1')
  })
})
