import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { inTransaction } from '@latchkey/runtime/postgres'
import { createServiceDatabase, type ServiceDatabase } from '@latchkey/service-testkit'
import type { SessionId, UserId } from '../src/domain/ids.ts'
import { databaseSchema } from '../src/store/database-schema.ts'
import { createEndedSessions } from '../src/store/ended-sessions.ts'
import { createEndings } from '../src/store/endings.ts'
import { createSignIns } from '../src/store/sign-ins.ts'
import { aSignIn, aUser, type SignInDifferences } from './a-sign-in.ts'
import { untilWaiting } from './lock-waits.ts'

let database: ServiceDatabase
beforeAll(async () => {
  database = await createServiceDatabase(databaseSchema)
})
afterAll(() => database.drop())

const endings = () => createEndings(database)

const aSession = async (differences: SignInDifferences = {}) =>
  (await createSignIns(database).signIn(aSignIn(differences))).session

const messagesAbout = async (id: SessionId) => {
  const { rows } = await database.pool.query<{ payload: Record<string, unknown> }>(
    'SELECT payload FROM outbox WHERE key = $1',
    [id],
  )
  return rows.map(({ payload }) => payload)
}

const logout = (id: SessionId) => ({ id, reason: 'logout' as const, at: new Date() })

describe('an ending', () => {
  it('is written with its record and its message', async () => {
    const session = await aSession()
    const ending = await endings().endOne(logout(session.id))
    expect(ending).toMatchObject({ sessionId: session.id, userId: session.userId, reason: 'logout' })
    const { rows } = await database.pool.query('SELECT * FROM terminations WHERE session_id = $1', [
      session.id,
    ])
    expect(rows).toMatchObject([{ reason: 'logout', original_ip: '203.0.113.7', new_ip: '203.0.113.7' }])
    expect(await messagesAbout(session.id)).toMatchObject([{ session_id: session.id, reason: 'logout' }])
  })

  it('happens once, however many ask for it at the same time', async () => {
    const session = await aSession()
    const all = await Promise.all(Array.from({ length: 10 }, () => endings().endOne(logout(session.id))))
    expect(all.filter(ending => ending !== undefined)).toHaveLength(1)
    expect(await messagesAbout(session.id)).toHaveLength(1)
  })

  it('is asked for by its owner alone where a user asks', async () => {
    const session = await aSession()
    expect(await endings().endOne({ ...logout(session.id), userId: aUser() })).toBeUndefined()
    expect(await endings().endOne({ ...logout(session.id), userId: session.userId })).toBeDefined()
  })

  it('of a session that is disowned takes its row before its addresses, as a sign-in does: they never deadlock', async () => {
    const { id, userId } = await aSession()
    const { disowning } = await inTransaction(database.pool, async signIn => {
      await signIn.query('SELECT FROM sessions WHERE id = $1 FOR NO KEY UPDATE', [id])
      const disowning = endings().endOne({ id, reason: 'not_me', at: new Date() })
      await untilWaiting(database)
      await signIn.query('UPDATE known_addresses SET last_seen_at = now() WHERE user_id = $1', [userId])
      return { disowning }
    })
    expect(await disowning).toMatchObject({ sessionId: id, reason: 'not_me' })
    const { rowCount } = await database.pool.query('SELECT FROM known_addresses WHERE user_id = $1', [userId])
    expect(rowCount).toBe(0)
  })

  it('does not take from a device the session that it had before its sign-in failed', async () => {
    const failed = { reason: 'sign_in_failed' as const, at: new Date(), unlessRenewed: true }
    const begun = await aSession()
    expect(await endings().endOne({ ...failed, id: begun.id })).toBeDefined()
    const userId = aUser()
    await aSession({ userId, device: 'phone' })
    const renewed = await aSession({ userId, device: 'phone', deviceKnown: true })
    expect(await endings().endOne({ ...failed, id: renewed.id })).toBeUndefined()
  })

  it('of a session whose sign-in failed leaves no address known by it, but those of others', async () => {
    const [userId, at] = [aUser(), new Date()]
    const addresses = async () => {
      const { rows } = await database.pool.query<{ address: string }>(
        'SELECT address FROM known_addresses WHERE user_id = $1 ORDER BY address',
        [userId],
      )
      return rows.map(({ address }) => address)
    }
    await aSession({ userId, ipAddress: '203.0.113.7' })
    const failed = await aSession({ userId, ipAddress: '198.51.100.1' })
    const failedToo = await aSession({ userId, ipAddress: '198.51.100.2' })
    await aSession({ userId, ipAddress: '198.51.100.2' })
    const failedAtHome = await aSession({ userId, ipAddress: '203.0.113.7' })
    expect(await addresses()).toEqual(['198.51.100.1', '198.51.100.2', '203.0.113.7'])
    for (const { id } of [failed, failedToo, failedAtHome])
      await endings().endOne({ id, reason: 'sign_in_failed', at, unlessRenewed: true })
    expect(await addresses()).toEqual(['198.51.100.2', '203.0.113.7'])
  })
})

describe('ending all sessions of a user', () => {
  const begin = async (count: number): Promise<{ userId: UserId; ids: SessionId[] }> => {
    const userId = aUser()
    const ids = []
    for (let n = 0; n < count; n += 1) ids.push((await aSession({ userId })).id)
    return { userId, ids }
  }
  const all = (userId: UserId, except?: SessionId) => ({
    userId,
    except,
    belowCredentialVersion: 0,
    reason: 'password_changed' as const,
    at: new Date(),
  })

  it('keeps the one that is named, and touches nobody else', async () => {
    const { userId, ids } = await begin(3)
    const other = await aSession()
    const ended = await endings().endAllOf(all(userId, ids[1]))
    expect(ended.map(({ sessionId }) => sessionId).toSorted()).toEqual([ids[0], ids[2]])
    expect(await endings().endOne(logout(other.id))).toBeDefined()
  })

  it('leaves none alive, whatever sign-ins of the user run beside it', async () => {
    const { userId } = await begin(3)
    const parallel = Array.from({ length: 5 }, () => aSession({ userId }))
    const [ended] = await Promise.all([endings().endAllOf(all(userId)), ...parallel])
    const later = await endings().endAllOf(all(userId))
    const { rows } = await database.pool.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM terminations WHERE user_id = $1',
      [userId],
    )
    expect(ended.length).toBeGreaterThanOrEqual(3)
    expect(rows[0]?.count).toBe(8)
    expect(ended.length + later.length).toBeLessThanOrEqual(8)
  })

  it('forgets the addresses of a deleted account', async () => {
    const { userId } = await begin(1)
    await endings().endAllOf({ ...all(userId), reason: 'account_deleted' })
    const { rowCount } = await database.pool.query('SELECT 1 FROM known_addresses WHERE user_id = $1', [
      userId,
    ])
    expect(rowCount).toBe(0)
  })
})

describe('the list of endings', () => {
  it('comes in pages, latest first, of one user or of all, without ends by mere time', async () => {
    const userId = aUser()
    const ended: string[] = []
    for (const [n, reason] of (['logout', 'expired', 'not_me', 'unconfirmed'] as const).entries()) {
      const { session } = await createSignIns(database).signIn(aSignIn({ userId, maxConcurrentSessions: 9 }))
      await createEndings(database).endOne({ id: session.id, reason, at: new Date(Date.now() + n * 1000) })
      if (reason !== 'expired') ended.unshift(session.id)
    }
    const page = createEndedSessions(database).page
    const [first, second] = await page({ userId, before: undefined, limit: 2 })
    expect([first?.sessionId, second?.sessionId]).toEqual(ended.slice(0, 2))
    const rest = await page({ userId, before: second, limit: 2 })
    expect(rest.map(({ sessionId, reason }) => [sessionId, reason])).toEqual([[ended[2], 'logout']])
    expect((await page({ userId: undefined, before: undefined, limit: 500 })).length).toBeGreaterThanOrEqual(
      3,
    )
  })
})
