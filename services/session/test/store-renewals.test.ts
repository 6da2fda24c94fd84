/** The sign-in of a device that comes back: one statement, which holds only while what it was decided by is still true. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { inTransaction } from '@latchkey/runtime/postgres'
import { createServiceDatabase, type ServiceDatabase } from '@latchkey/service-testkit'
import type { PoolClient } from 'pg'
import type { UserId } from '../src/domain/ids.ts'
import type { Session } from '../src/domain/session.ts'
import type { SignedIn } from '../src/domain/sign-in.ts'
import { createActivityStamps } from '../src/store/activity-stamps.ts'
import { databaseSchema } from '../src/store/database-schema.ts'
import { createEndings } from '../src/store/endings.ts'
import { createSignIns } from '../src/store/sign-ins.ts'
import { aSignIn, aUser, type SignInDifferences } from './a-sign-in.ts'
import { untilWaiting } from './lock-waits.ts'

let database: ServiceDatabase
beforeAll(async () => {
  database = await createServiceDatabase(databaseSchema)
})
afterAll(() => database.drop())

const home = '203.0.113.7'
const phone = { device: 'phone', deviceKnown: true, userAgent: 'agent of phone' }

const begin = async (differences: SignInDifferences): Promise<Session> =>
  (await createSignIns(database).signIn(aSignIn(differences))).session

/** As the service signs in: by what it sees where that will do, else with the user locked. */
const signIn = async (differences: SignInDifferences): Promise<SignedIn> => {
  const signIns = createSignIns(database)
  const request = aSignIn(differences)
  const seen = await signIns.see(request.userId)
  return (await signIns.renewSeen(request, seen)) ?? signIns.signIn(request)
}

const comeBack = async (userId: UserId, meanwhile: () => Promise<unknown> = async () => undefined) => {
  const signIns = createSignIns(database)
  const seen = await signIns.see(userId)
  await meanwhile()
  return signIns.renewSeen(aSignIn({ userId, ...phone }), seen)
}

const rowOf = async ({ id }: Pick<Session, 'id'>) =>
  (await database.pool.query('SELECT * FROM sessions WHERE id = $1', [id])).rows[0]
const liveOf = async (userId: UserId): Promise<readonly string[]> => {
  const { rows } = await database.pool.query<{ id: string }>(
    'SELECT id FROM sessions WHERE user_id = $1 AND ended_at IS NULL',
    [userId],
  )
  return rows.map(({ id }) => id)
}
const addressesOf = async (userId: UserId) => {
  const { rows } = await database.pool.query<{ address: string; proven_at: Date | null; last_seen_at: Date }>(
    'SELECT address, proven_at, last_seen_at FROM known_addresses WHERE user_id = $1 ORDER BY address',
    [userId],
  )
  return rows
}
const logout = ({ id }: Pick<Session, 'id'>) =>
  createEndings(database).endOne({ id, reason: 'logout', at: new Date() })
const endAll = (userId: UserId, reason: 'account_deleted' | 'password_changed', belowCredentialVersion = 0) =>
  createEndings(database).endAllOf({
    userId,
    except: undefined,
    belowCredentialVersion,
    reason,
    at: new Date(),
  })

/** Runs `work` with the session's row locked by somebody else. */
const whileLocked = <Result>({ id }: Session, work: (holder: PoolClient) => Promise<Result>) =>
  inTransaction(database.pool, async holder => {
    await holder.query('SELECT FROM sessions WHERE id = $1 FOR NO KEY UPDATE', [id])
    return await work(holder)
  })

describe('a device that comes back', () => {
  it('has its session renewed, and its address proven', async () => {
    const userId = aUser()
    const before = await begin({ userId, ...phone, ipAddress: '198.51.100.9' })
    const renewed = await comeBack(userId)
    expect(renewed).toMatchObject({ renewed: true, endings: [], aboveLimit: 0 })
    expect(renewed?.session).toMatchObject({ id: before.id, createdAt: before.createdAt, ipAddress: home })
    expect(await rowOf(before)).toMatchObject({ original_ip: home, renewed_at: renewed?.session.renewedAt })
    const addresses = await addressesOf(userId)
    expect(addresses.map(({ address }) => address)).toEqual(['198.51.100.9', home])
    expect(addresses.every(({ proven_at }) => proven_at !== null)).toBe(true)
  })

  it('is known by its fingerprint where it keeps no cookies', async () => {
    const userId = aUser()
    const script = { userId, userAgent: 'script' }
    const before = await begin(script)
    expect((await signIn(script)).session.id).toBe(before.id)
  })

  it('is not renewed without the transaction where others have to end', async () => {
    const userId = aUser()
    await begin({ userId, ...phone })
    const other = await begin({ userId })
    await database.pool.query("UPDATE sessions SET ends_at = now() - interval '1 second' WHERE id = $1", [
      other.id,
    ])
    expect(await comeBack(userId)).toBeUndefined()
    expect(await signIn({ userId, ...phone })).toMatchObject({
      renewed: true,
      endings: [{ sessionId: other.id, reason: 'expired' }],
    })
  })

  it('leaves the row of an address that was proven and seen within the hour, and moves an older one', async () => {
    const userId = aUser()
    const at = new Date('2026-11-22T12:00:00Z')
    const later = (minutes: number) => new Date(at.getTime() + minutes * 60_000)
    await begin({ userId, ...phone, at })
    await signIn({ userId, ...phone, at: later(59) })
    expect(await addressesOf(userId)).toMatchObject([{ last_seen_at: at, proven_at: at }])
    await signIn({ userId, ...phone, at: later(61) })
    expect(await addressesOf(userId)).toMatchObject([{ last_seen_at: later(61), proven_at: at }])
  })

  it('proves an address that was merely seen a moment ago', async () => {
    const userId = aUser()
    await begin({ userId, ...phone })
    await database.pool.query('UPDATE known_addresses SET proven_at = NULL WHERE user_id = $1', [userId])
    const renewed = await comeBack(userId)
    expect(await addressesOf(userId)).toMatchObject([{ proven_at: renewed?.session.renewedAt }])
  })

  it('writes no index: the renewal stays a heap-only update', async () => {
    const userId = aUser()
    const { id } = await begin({ userId, ...phone })
    const indexed = 'SELECT user_id, device_id, due_at, ended_at, review_until FROM sessions WHERE id = $1'
    const before = (await database.pool.query(indexed, [id])).rows
    expect(await comeBack(userId)).toBeDefined()
    expect((await database.pool.query(indexed, [id])).rows).toEqual(before)
  })
})

describe('what happened since the session was seen', () => {
  const changes: Record<string, (session: Session) => Promise<unknown>> = {
    'its logout': logout,
    'a changed password': ({ userId }) => endAll(userId, 'password_changed', 2),
    'the deletion of the account': ({ userId }) => endAll(userId, 'account_deleted'),
    'a review': ({ id }) =>
      database.pool.query(
        "UPDATE sessions SET review_reason = 'unknown_address', review_at = now(), review_until = now() + interval '5 minutes' WHERE id = $1",
        [id],
      ),
    'a newer password, proven in it': ({ id }) =>
      database.pool.query('UPDATE sessions SET credential_version = 2 WHERE id = $1', [id]),
    'another device that took it over': ({ id }) =>
      database.pool.query("UPDATE sessions SET device_id = 'tablet' WHERE id = $1", [id]),
    'a use of it': ({ id }) =>
      createActivityStamps(database).write([
        { sessionId: id, at: new Date(Date.now() + 1000), ipAddress: home },
      ]),
    'another sign-in of the device': ({ userId }) => signIn({ userId, ...phone }),
    'its deletion': ({ id }) => database.pool.query('DELETE FROM sessions WHERE id = $1', [id]),
  }
  it.each(Object.entries(changes))('%s is not overwritten', async (_, change) => {
    const userId = aUser()
    const session = await begin({ userId, ...phone })
    let changed: unknown
    const renewed = await comeBack(userId, async () => {
      await change(session)
      changed = [await rowOf(session), await addressesOf(userId)]
    })
    expect(renewed).toBeUndefined()
    expect([await rowOf(session), await addressesOf(userId)]).toEqual(changed)
  })

  it('a mere lock on it is waited for', async () => {
    const userId = aUser()
    const session = await begin({ userId, ...phone })
    const renewing = await whileLocked(session, async () => {
      const renewing = comeBack(userId)
      await untilWaiting(database, 1)
      return { renewing }
    })
    expect(await renewing.renewing).toMatchObject({ session: { id: session.id } })
  })

  it('an end that is being written is waited for, and stands: a new session begins', async () => {
    const userId = aUser()
    const session = await begin({ userId, ...phone })
    const { signingIn } = await whileLocked(session, async holder => {
      const signingIn = signIn({ userId, ...phone })
      await untilWaiting(database, 1)
      await holder.query("UPDATE sessions SET ended_at = now(), end_reason = 'logout' WHERE id = $1", [
        session.id,
      ])
      return { signingIn }
    })
    const { session: begun, renewed } = await signingIn
    expect(renewed).toBe(false)
    expect(await liveOf(userId)).toEqual([begun.id])
  })
})

describe('two sign-ins of one device whose password was changed before they began their session', () => {
  const takeBack = ({ id }: Pick<Session, 'id'>) =>
    createEndings(database).endOne({ id, reason: 'sign_in_failed', unlessRenewed: true, at: new Date() })

  it('neither ends what both have begun; the order to end, given once more, does, and nothing else', async () => {
    const userId = aUser()
    const changedIn = await begin({ userId })
    const order = () =>
      createEndings(database).endAllOf({
        userId,
        except: changedIn.id,
        belowCredentialVersion: 2,
        reason: 'password_changed',
        at: new Date(),
      })
    await order()
    const first = await signIn({ userId, ...phone })
    const second = await signIn({ userId, ...phone })
    expect([second.session.id, second.renewed]).toEqual([first.session.id, true])
    const later = await signIn({ userId, credentialVersion: 2 })
    expect([await takeBack(first.session), await takeBack(second.session)]).toEqual([undefined, undefined])

    expect(await order()).toMatchObject([{ sessionId: first.session.id, reason: 'password_changed' }])
    expect((await liveOf(userId)).toSorted()).toEqual([changedIn.id, later.session.id].toSorted())
  })
})

describe('beside other sign-ins and endings of the user', () => {
  it('ten renewals at once leave the one session', async () => {
    const userId = aUser()
    const { id } = await begin({ userId, ...phone })
    const all = await Promise.all(Array.from({ length: 10 }, () => signIn({ userId, ...phone })))
    expect(new Set(all.map(({ session }) => session.id))).toEqual(new Set([id]))
    expect(await liveOf(userId)).toEqual([id])
  })

  it('MAX_CONCURRENT_SESSIONS holds, and who was told of a session has a live one unless another sign-in ended it', async () => {
    const userId = aUser()
    const begun = await Promise.all(
      Array.from({ length: 5 }, (_, n) => begin({ userId, device: `d${n}`, deviceKnown: true })),
    )
    const all = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        signIn({ userId, deviceKnown: true, device: n % 3 === 0 ? `new ${n}` : `d${n % 5}` }),
      ),
    )
    const live = await liveOf(userId)
    const ended = all.flatMap(({ endings }) => endings.map(({ sessionId }) => sessionId))
    const allIds = new Set([...begun, ...all.map(({ session }) => session)].map(({ id }) => id))
    expect(live).toHaveLength(5)
    expect(new Set(ended).size).toBe(ended.length)
    expect([...live, ...ended].toSorted()).toEqual([...allIds].toSorted())
  })

  it('a renewal in time makes its session the most recently used one', async () => {
    const userId = aUser()
    const at = (second: number) => new Date(Date.now() - 60_000 + second * 1000)
    const oldest = await begin({ userId, ...phone, at: at(0) })
    for (let n = 1; n < 5; n += 1) await begin({ userId, at: at(n) })
    const { renewing, beginning } = await whileLocked(oldest, async () => {
      const renewing = comeBack(userId)
      await untilWaiting(database, 1)
      const beginning = signIn({ userId })
      await untilWaiting(database, 2)
      return { renewing, beginning }
    })
    expect(await renewing).toBeDefined()
    const { endings } = await beginning
    expect(endings).toHaveLength(1)
    expect(endings[0]?.sessionId).not.toBe(oldest.id)
  })

  it('endings of all sessions leave none alive and none of the addresses of a deleted account, whoever is first', async () => {
    for (const first of ['renewal', 'deletion']) {
      const userId = aUser()
      const session = await begin({ userId, ...phone, ipAddress: '198.51.100.9' })
      const { pending } = await whileLocked(session, async () => {
        const steps = { renewal: () => comeBack(userId), deletion: () => endAll(userId, 'account_deleted') }
        const one = steps[first as keyof typeof steps]()
        await untilWaiting(database, 1)
        const other = (first === 'renewal' ? steps.deletion : steps.renewal)()
        await untilWaiting(database, 2)
        return { pending: [one, other] }
      })
      await Promise.all(pending)
      expect(await liveOf(userId)).toEqual([])
      expect(await addressesOf(userId)).toEqual([])
    }
  })
})
