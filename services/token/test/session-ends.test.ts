import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { firstPartyGrant } from '../src/domain/grant.ts'
import type { GrantId, SessionId, UserId } from '../src/domain/ids.ts'
import { createBrowserSessions } from '../src/store/browser-sessions.ts'
import { createRefreshFamilies } from '../src/store/refresh-families.ts'
import { createSessionEnds } from '../src/store/session-ends.ts'
import { aClient } from './a-client.ts'
import { createTokenDatabase, type TokenDatabase } from './token-database.ts'

const logoutUri = 'https://app.example/backchannel'

let database: TokenDatabase
beforeAll(async () => {
  database = await createTokenDatabase()
})
afterAll(() => database.drop())

const endsAt = new Date(Date.now() + 3_600_000)

const aSession = async () => {
  const { prisma } = database
  const ids = { sessionId: createUuid<SessionId>(), subject: createUuid<UserId>() }
  const families = createRefreshFamilies({ ...database, policy: { ttlSeconds: 60, graceSeconds: 30 } })
  const aFamily = async (isOffline = false) => {
    const id = createUuid<GrantId>()
    const signIn = { id, ...ids, authenticatedAt: new Date(), authenticationMethods: ['pwd'], endsAt }
    const grant = { ...firstPartyGrant(signIn), isOffline }
    await families.begin({ grant, rotates: true, tokenHash: randomBytes(32) })
    return { id, read: () => prisma.refreshFamily.findUniqueOrThrow({ where: { id } }) }
  }
  const browsers = createBrowserSessions(database)
  const cookie = randomBytes(32)
  await browsers.begin(cookie, {
    ...ids,
    authenticatedAt: new Date(),
    authenticationMethods: ['pwd'],
    endsAt,
  })
  const signInTo = async (metadata: Parameters<typeof aClient>[1] = {}) => {
    const { id } = await aClient(database, metadata)
    await prisma.clientSession.create({ data: { ...ids, clientId: id, endsAt } })
    return id
  }
  const end = (reason = 'logout', store = createSessionEnds(database)) =>
    store.conclude({ ...ids, reason, endedAt: new Date() })
  const messages = () => prisma.outbox.findMany({ where: { key: ids.sessionId } })
  return { ...ids, aFamily, signInTo, end, messages, findBrowser: () => browsers.find(cookie) }
}

describe('the end of a session', () => {
  it('ends its refresh families and signs its browsers out', async () => {
    const session = await aSession()
    const family = await session.aFamily()
    expect(await session.end('ended_by_user')).toBe(0)
    expect(await family.read()).toMatchObject({ endReason: 'ended_by_user' })
    expect(await session.findBrowser()).toBeUndefined()
  })

  it('leaves other sessions of the user alone', async () => {
    const [session, other] = [await aSession(), await aSession()]
    const family = await other.aFamily()
    await session.end()
    expect(await family.read()).toMatchObject({ endedAt: null })
    expect(await other.findBrowser()).toBeDefined()
  })

  it('leaves offline access alone where somebody merely logs out', async () => {
    const session = await aSession()
    const family = await session.aFamily(true)
    await session.end('logout')
    expect(await family.read()).toMatchObject({ endedAt: null })
  })

  it.each(['password_reset', 'account_deleted', 'account_disabled'])(
    'ends offline access and its access tokens after %s',
    async reason => {
      const session = await aSession()
      const family = await session.aFamily(true)
      await session.end(reason)
      expect(await family.read()).toMatchObject({ endReason: reason })
      const key = `grant:${family.id}`
      const { expiresAt } = await database.prisma.revocation.findUniqueOrThrow({ where: { key } })
      expect(expiresAt.getTime()).toBeGreaterThan(Date.now() + 86_400_000)
    },
  )
})

describe('a password reset of somebody who has no session any more', () => {
  it('ends offline access and its access tokens; what a later sign-in granted stays', async () => {
    const session = await aSession()
    const [family, own] = [await session.aFamily(true), await session.aFamily()]
    const store = createSessionEnds(database)
    await store.endOfflineAccess(session.subject, new Date(Date.now() - 60_000))
    expect(await family.read()).toMatchObject({ endedAt: null })
    await store.endOfflineAccess(session.subject, new Date())
    await store.endOfflineAccess(session.subject, new Date())
    expect(await family.read()).toMatchObject({ endReason: 'password_reset' })
    expect(await own.read()).toMatchObject({ endedAt: null })
    expect(await database.prisma.revocation.count({ where: { key: `grant:${family.id}` } })).toBe(1)
  })

  it('ends what was granted in one session alone, where its owner says that it was not theirs', async () => {
    const [stolen, other] = [await aSession(), await aSession()]
    const [family, kept] = [await stolen.aFamily(true), await other.aFamily(true)]
    const store = createSessionEnds(database)
    await store.endOfflineAccess(stolen.subject, new Date(), other.sessionId)
    expect(await family.read()).toMatchObject({ endedAt: null })
    await store.endOfflineAccess(stolen.subject, new Date(), stolen.sessionId)
    expect(await family.read()).toMatchObject({ endReason: 'not_me' })
    expect(await kept.read()).toMatchObject({ endedAt: null })
    expect(await database.prisma.revocation.count({ where: { key: `grant:${family.id}` } })).toBe(1)
  })

  it('leaves a later grant alone where the word of an earlier end comes late', async () => {
    const session = await aSession()
    const family = await session.aFamily(true)
    const { sessionId, subject } = session
    const endedAt = new Date(Date.now() - 60_000)
    await createSessionEnds(database).conclude({ sessionId, subject, reason: 'password_reset', endedAt })
    expect(await family.read()).toMatchObject({ endedAt: null })
  })
})

describe('OpenID Connect Back-Channel Logout 1.0 §2.5: who is told', () => {
  it('is each client that the session has signed in to and that asked for it', async () => {
    const session = await aSession()
    const told = await session.signInTo({ metadata: { backchannel_logout_uri: logoutUri } })
    await session.signInTo()
    await session.signInTo({ active: false, metadata: { backchannel_logout_uri: logoutUri } })
    expect(await session.end()).toBe(1)
    const payload = { client_id: told, subject: session.subject, session_id: session.sessionId }
    expect(await session.messages()).toMatchObject([{ kind: 'backchannel.logout', payload }])
  })

  it('is told once, although the event comes twenty times to two replicas', async () => {
    const session = await aSession()
    await session.signInTo({ metadata: { backchannel_logout_uri: logoutUri } })
    await session.signInTo({ metadata: { backchannel_logout_uri: logoutUri } })
    const pool = database.openPool()
    const stores = [createSessionEnds(database), createSessionEnds({ pool })]
    const told = await Promise.all(Array.from({ length: 20 }, (_, n) => session.end('logout', stores[n % 2])))
    await pool.end()
    expect(told.reduce((sum, count) => sum + count)).toBe(2)
    expect(await session.messages()).toHaveLength(2)
  })
})
