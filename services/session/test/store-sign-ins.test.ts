import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createServiceDatabase, type ServiceDatabase } from '@latchkey/service-testkit'
import { databaseSchema } from '../src/store/database-schema.ts'
import { createSignIns } from '../src/store/sign-ins.ts'
import { aSignIn, aUser } from './a-sign-in.ts'

let database: ServiceDatabase
beforeAll(async () => {
  database = await createServiceDatabase(databaseSchema)
})
afterAll(() => database.drop())

const signIns = () => createSignIns(database)

const liveOf = async (userId: string) => {
  const { rows } = await database.pool.query<{ id: string; ip_address: string; original_ip: string }>(
    'SELECT id, ip_address, original_ip FROM sessions WHERE user_id = $1 AND ended_at IS NULL',
    [userId],
  )
  return rows
}

const addressesOf = async (userId: string) => {
  const { rows } = await database.pool.query<{ address: string }>(
    'SELECT address FROM known_addresses WHERE user_id = $1 ORDER BY address',
    [userId],
  )
  return rows.map(({ address }) => address)
}

describe('one session per device', () => {
  it('renews the session of a device that signs in again, and its absolute end', async () => {
    const userId = aUser()
    const first = await signIns().signIn(aSignIn({ userId, device: 'phone' }))
    const again = await signIns().signIn(
      aSignIn({ userId, device: 'phone', deviceKnown: true, ipAddress: '198.51.100.9' }),
    )
    expect(again.renewed).toBe(true)
    expect(again.session.id).toBe(first.session.id)
    expect(again.session.createdAt).toEqual(first.session.createdAt)
    expect(again.session.endsAt.getTime()).toBeGreaterThanOrEqual(first.session.endsAt.getTime())
    expect(await liveOf(userId)).toMatchObject([{ ip_address: '198.51.100.9', original_ip: '198.51.100.9' }])
    expect(await addressesOf(userId)).toEqual(['198.51.100.9', '203.0.113.7'])
  })

  it('never crosses users: a shared device has a session of each', async () => {
    const first = await signIns().signIn(aSignIn({ device: 'kiosk', deviceKnown: true }))
    const second = await signIns().signIn(aSignIn({ device: 'kiosk', deviceKnown: true }))
    expect(second.renewed).toBe(false)
    expect(second.session.id).not.toBe(first.session.id)
  })

  it('holds for a device that signs in ten times at once', async () => {
    const userId = aUser()
    const all = await Promise.all(
      Array.from({ length: 10 }, () =>
        signIns().signIn(aSignIn({ userId, device: 'phone', deviceKnown: true })),
      ),
    )
    expect(new Set(all.map(({ session }) => session.id)).size).toBe(1)
    expect(all.filter(({ renewed }) => !renewed)).toHaveLength(1)
    expect(await liveOf(userId)).toHaveLength(1)
  })
})

describe('MAX_CONCURRENT_SESSIONS', () => {
  it('holds under twenty parallel sign-ins, and each that had to go is told of once', async () => {
    const userId = aUser()
    const all = await Promise.all(Array.from({ length: 20 }, () => signIns().signIn(aSignIn({ userId }))))
    expect(await liveOf(userId)).toHaveLength(5)
    const ended = all.flatMap(({ endings }) => endings)
    expect(ended).toHaveLength(15)
    expect(new Set(ended.map(({ sessionId }) => sessionId)).size).toBe(15)
    const { rows } = await database.pool.query('SELECT kind FROM outbox WHERE key = ANY($1)', [
      ended.map(({ sessionId }) => sessionId),
    ])
    expect(rows).toHaveLength(15)
  })

  it('ends the least recently used one', async () => {
    const userId = aUser()
    const begun = []
    for (let n = 0; n < 5; n += 1) {
      const at = new Date(Date.now() - 60_000 + n * 1000)
      begun.push((await signIns().signIn(aSignIn({ userId, at }))).session)
    }
    await database.pool.query('UPDATE sessions SET last_accessed_at = now() WHERE id = $1', [begun[0]?.id])
    const { endings } = await signIns().signIn(aSignIn({ userId }))
    expect(endings).toMatchObject([{ sessionId: begun[1]?.id, reason: 'concurrent_limit' }])
  })

  it('TERMINATE_OLD_SESSIONS=false refuses and ends nothing', async () => {
    const userId = aUser()
    const open = { userId, terminateOldSessions: false, maxConcurrentSessions: 1 }
    await signIns().signIn(aSignIn(open))
    const second = await signIns().signIn(aSignIn(open))
    expect(second).toMatchObject({ renewed: false, endings: [], aboveLimit: 1 })
    expect(await liveOf(userId)).toHaveLength(2)
  })
})

describe('a sign-in is one transaction', () => {
  it('leaves everything as it was where it fails on the way', async () => {
    const userId = aUser()
    for (let n = 0; n < 5; n += 1) await signIns().signIn(aSignIn({ userId }))
    const taken = (await liveOf(userId))[0]?.id
    const failing = { ...aSignIn({ userId }), newId: taken as never }
    await expect(signIns().signIn(failing)).rejects.toThrow(/sessions_pkey/)
    expect(await liveOf(userId)).toHaveLength(5)
    const { rowCount } = await database.pool.query('SELECT 1 FROM terminations WHERE user_id = $1', [userId])
    expect(rowCount).toBe(0)
  })
})
