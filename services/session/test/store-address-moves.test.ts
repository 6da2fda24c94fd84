/** What is written of a move: judged once, however many hear of it, with what follows from it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createServiceDatabase, type ServiceDatabase } from '@latchkey/service-testkit'
import { type AddressRules, followUses } from '../src/domain/follow-uses.ts'
import type { Session } from '../src/domain/session.ts'
import { createAddressMoves } from '../src/store/address-moves.ts'
import { databaseSchema } from '../src/store/database-schema.ts'
import { createEndings } from '../src/store/endings.ts'
import { createReviews } from '../src/store/reviews.ts'
import { createSignIns } from '../src/store/sign-ins.ts'
import { aSignIn, aUser, type SignInDifferences } from './a-sign-in.ts'

let database: ServiceDatabase
beforeAll(async () => {
  database = await createServiceDatabase(databaseSchema)
})
afterAll(() => database.drop())

const rules: AddressRules = {
  changesAllowed: 2,
  changesWindowSeconds: 3_600,
  isStrict: false,
  reviewGraceSeconds: 300,
}
const soon = (seconds: number) => new Date(Date.now() + seconds * 1000)
const aSession = async (differences: SignInDifferences = {}): Promise<Session> =>
  (await createSignIns(database).signIn(aSignIn(differences))).session

const follow = (
  { id }: Session,
  addresses: readonly string[],
  { by = rules, from = 1 }: { by?: AddressRules; from?: number } = {},
) =>
  createAddressMoves(database).follow({
    sessionId: id,
    uses: addresses.map((ipAddress, index) => ({ ipAddress, at: soon(from + index) })),
    decide: (before, uses, known) => followUses(before, uses, { ...known, locate: () => undefined }, by),
  })

const strangePlaces = ['198.51.100.1', '192.0.2.1', '198.18.0.1']
const messagesOf = async ({ id }: Session) =>
  (await database.pool.query('SELECT kind, payload FROM outbox WHERE key = $1 ORDER BY created_at', [id]))
    .rows
const addressesOf = async ({ userId }: Session) => {
  const { rows } = await database.pool.query<{ address: string; proven: boolean }>(
    'SELECT address, proven_at IS NOT NULL AS proven FROM known_addresses WHERE user_id = $1 ORDER BY address',
    [userId],
  )
  return Object.fromEntries(rows.map(({ address, proven }) => [address, proven]))
}

describe('a move', () => {
  it('is judged once by ten replicas that hear of it', async () => {
    const session = await aSession()
    const uses = [{ ipAddress: '198.51.100.1', at: soon(1) }]
    const moves = createAddressMoves(database)
    const heard = await Promise.all(
      Array.from({ length: 10 }, () =>
        moves.follow({
          sessionId: session.id,
          uses,
          decide: (from, since, known) =>
            followUses(from, since, { ...known, locate: () => undefined }, rules),
        }),
      ),
    )
    expect(heard.filter(each => each !== undefined)).toHaveLength(1)
    const { rows } = await database.pool.query('SELECT address_changes FROM sessions WHERE id = $1', [
      session.id,
    ])
    expect(rows).toEqual([{ address_changes: 1 }])
  })

  it('that is suspicious flags the session and tells of it, once', async () => {
    const session = await aSession({ device: 'a'.repeat(64) })
    const followed = await follow(session, strangePlaces)
    expect(followed).toMatchObject({ isFlagged: true, session: { review: { reason: 'unknown_address' } } })
    expect(await follow(session, ['198.18.99.1'], { from: 10 })).toMatchObject({ isFlagged: false })
    expect(await messagesOf(session)).toEqual([
      {
        kind: 'session.flagged',
        payload: {
          session_id: session.id,
          user_id: session.userId,
          device_id: 'a'.repeat(64),
          reason: 'unknown_address',
          flagged_at: followed?.session.review?.flaggedAt.toISOString(),
          review_until: followed?.session.review?.until.toISOString(),
        },
      },
    ])
  })

  it('ends the session where none is allowed, with the address that it came from', async () => {
    const session = await aSession({ ipAddress: '203.0.113.7' })
    const followed = await follow(session, ['198.51.100.1'], { by: { ...rules, isStrict: true } })
    expect(followed?.endings).toMatchObject([
      { reason: 'address_changed', originalIp: '203.0.113.7', newIp: '198.51.100.1' },
    ])
    expect(await addressesOf(session)).toEqual({ '203.0.113.7': true })
  })

  it('brings no ended session back', async () => {
    const session = await aSession()
    await createEndings(database).endOne({ id: session.id, reason: 'logout', at: new Date() })
    expect(await follow(session, strangePlaces)).toBeUndefined()
  })

  it('of many sessions of one user to the same places, in other orders, never deadlocks', async () => {
    const userId = aUser()
    const sessions = await Promise.all(
      Array.from({ length: 5 }, () => aSession({ userId, maxConcurrentSessions: 100 })),
    )
    const places = Array.from({ length: 20 }, (_, n) => `198.51.100.${n}`)
    const followed = await Promise.all(
      sessions.map((session, n) => follow(session, n % 2 === 0 ? places : places.toReversed())),
    )
    expect(followed.filter(each => each === undefined)).toEqual([])
  })
})

describe('an address', () => {
  it('is known once somebody signed in from it, merely seen where a session came from it', async () => {
    const session = await aSession({ ipAddress: '203.0.113.7' })
    await follow(session, ['198.51.100.1'])
    expect(await addressesOf(session)).toEqual({ '198.51.100.1': false, '203.0.113.7': true })
    // To another session it says nothing yet.
    const other = await aSession({ userId: session.userId, ipAddress: '203.0.113.7' })
    expect((await follow(other, ['198.51.100.1']))?.moves).toMatchObject([{ reason: 'unknown_address' }])
  })

  it('is known after a day in which nobody objected', async () => {
    const session = await aSession()
    await follow(session, ['198.51.100.1'])
    await database.pool.query(
      "UPDATE known_addresses SET first_seen_at = first_seen_at - interval '25 hours' WHERE user_id = $1",
      [session.userId],
    )
    const other = await aSession({ userId: session.userId })
    expect((await follow(other, ['198.51.100.1']))?.moves).toMatchObject([{ reason: 'known_address' }])
  })

  it('is forgotten where the session ends unconfirmed, and all of them where it was somebody else’s', async () => {
    const unconfirmed = await aSession({ ipAddress: '203.0.113.7' })
    await follow(unconfirmed, strangePlaces)
    await createReviews(database).endUnconfirmed(soon(400), 100)
    expect(await addressesOf(unconfirmed)).toEqual({ '203.0.113.7': true })

    const stolen = await aSession({ ipAddress: '203.0.113.7' })
    await follow(stolen, strangePlaces)
    await createEndings(database).endOne({
      id: stolen.id,
      userId: stolen.userId,
      reason: 'not_me',
      at: new Date(),
    })
    expect(await addressesOf(stolen)).toEqual({})
  })

  it('stays known where its user has signed in since the word that a session was not theirs, which comes late or twice', async () => {
    const stolen = await aSession({ ipAddress: '203.0.113.7' })
    await follow(stolen, ['198.51.100.1'])
    const { userId } = stolen
    // That word has raised the version that sign-ins name.
    await aSession({ userId, ipAddress: '203.0.113.7', credentialVersion: 2 })
    const word = { id: stolen.id, userId, reason: 'not_me' as const, at: new Date() }
    for (let n = 0; n < 2; n += 1) {
      await createEndings(database).endOne(word)
      expect(await addressesOf(stolen)).toEqual({ '203.0.113.7': true })
    }
  })
})

describe('a review', () => {
  const aFlagged = async () => {
    const session = await aSession({ ipAddress: '203.0.113.7' })
    const followed = await follow(session, strangePlaces)
    const flaggedAt = followed?.session.review?.flaggedAt
    if (flaggedAt === undefined) throw new Error('not flagged')
    const confirmation = {
      sessionId: session.id,
      userId: session.userId,
      flaggedAt: undefined,
      ipAddress: undefined,
    }
    return { session, flaggedAt, confirmation: { ...confirmation, at: soon(4) } }
  }
  const confirm: ReturnType<typeof createReviews>['confirm'] = confirmation =>
    createReviews(database).confirm(confirmation)

  it('ends with the owner’s word, and where the session was is known from then on', async () => {
    const { session, confirmation } = await aFlagged()
    expect(await confirm(confirmation)).toMatchObject({ id: session.id, review: undefined })
    expect(await confirm(confirmation)).toBeUndefined()
    expect(Object.values(await addressesOf(session))).toEqual([true, true, true, true])
    expect((await follow(session, ['198.18.77.1'], { from: 20 }))?.moves).toMatchObject([
      { outcome: 'allowed' },
    ])
  })

  it('ends with a proof from the place in question, not with one from home', async () => {
    const { confirmation } = await aFlagged()
    expect(await confirm({ ...confirmation, ipAddress: '203.0.113.7' })).toBeUndefined()
    expect(await confirm({ ...confirmation, ipAddress: '198.18.0.1' })).toMatchObject({ review: undefined })
  })

  it('is no other one: the word is about what the mail told of', async () => {
    const { confirmation, flaggedAt } = await aFlagged()
    const earlier = new Date(flaggedAt.getTime() - 1)
    expect(await confirm({ ...confirmation, flaggedAt: earlier })).toBeUndefined()
    expect(await confirm({ ...confirmation, flaggedAt })).toBeDefined()
  })

  it('is its owner’s business alone', async () => {
    const { confirmation } = await aFlagged()
    expect(await confirm({ ...confirmation, userId: aUser() })).toBeUndefined()
  })

  it('that is confirmed too late is over, whoever comes first', async () => {
    const { confirmation, session } = await aFlagged()
    expect(await confirm({ ...confirmation, at: soon(400) })).toBeUndefined()
    const [confirmed, endings] = await Promise.all([
      confirm(confirmation),
      createReviews(database).endUnconfirmed(soon(400), 1_000),
    ])
    const ended = endings.some(({ sessionId }) => sessionId === session.id)
    expect(ended).toBe(confirmed === undefined)
  })
})
