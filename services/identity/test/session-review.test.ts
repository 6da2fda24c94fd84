/** A session is under review: its owner is asked by mail, once, and says whether it is theirs. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { publishTo } from '@latchkey/outbox'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { createVisitor } from './pages-visitor.ts'

let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

const aFlaggedSession = async () => {
  const owner = await identity.register()
  const session = identity.neighbours.session.sessions.find(({ userId }) => userId === owner.id)
  if (session === undefined) throw new Error('no session')
  const event = {
    type: 'session.flagged',
    session_id: session.id,
    user_id: owner.id,
    device_id: session.deviceId,
    reason: 'impossible_travel',
    flagged_at: new Date().toISOString(),
    review_until: new Date(Date.now() + 300_000).toISOString(),
  }
  return { owner, session, event }
}
const publish = (event: object) => publishTo(identity.redis, 'events:session', event)
const mailsTo = (email: string) =>
  identity.neighbours.notification.messages.filter(
    ({ recipient, template }) => recipient === email && template === 'session_review',
  )
/** The page that the link of the mail leads to. */
const openLink = async (email: string, headers: Record<string, string> = {}) => {
  const mail = await eventually(() => {
    const [first] = mailsTo(email)
    if (first === undefined) throw new Error('no mail yet')
    return first
  })
  const { token = '' } = await identity.unseal(mail.sealedData)
  const visitor = createVisitor(identity, headers)
  return { token, visitor, page: await visitor.open(`/sessions/not-me?token=${token}`) }
}
const confirmationsOf = (sessionId: string) =>
  identity.neighbours.session.confirmations.filter(each => each.sessionId === sessionId)

describe('session.flagged', () => {
  it('has the owner asked, once for one review, however often the event comes', async () => {
    const { owner, event } = await aFlaggedSession()
    for (let n = 0; n < 5; n += 1) await publish(event)
    await eventually(() => expect(mailsTo(owner.email)).toHaveLength(1))
    const later = { ...event, flagged_at: new Date(Date.now() + 1_000).toISOString() }
    await publish(later)
    await eventually(() => expect(mailsTo(owner.email)).toHaveLength(2))
    expect(mailsTo(owner.email)).toMatchObject([{ data: {} }, { data: {} }])
  })

  it('of nobody, of a disabled account, and what is no such event, asks nobody and stops nothing', async () => {
    const { owner, event } = await aFlaggedSession()
    const disabled = await aFlaggedSession()
    await identity.database.pool.query('UPDATE users SET disabled_at = now() WHERE id = $1', [
      disabled.owner.id,
    ])
    await publish({ ...event, user_id: createUuid() })
    await publish(disabled.event)
    await publish({ type: 'session.ended', session_id: event.session_id })
    await publish({ type: 'session.flagged', session_id: 'x' })
    await publish(event)
    await eventually(() => expect(mailsTo(owner.email)).toHaveLength(1))
    expect(mailsTo(disabled.owner.email)).toEqual([])
  })
})

describe('/sessions/not-me, of a session under review', () => {
  it('asks whether it is theirs; opening it changes nothing', async () => {
    const { owner, session, event } = await aFlaggedSession()
    await publish(event)
    const { page } = await openLink(owner.email, { 'accept-language': 'de' })
    expect([page.status, page.text]).toEqual([
      200,
      expect.stringMatching(/Das war ich nicht[\s\S]*Das war ich</),
    ])
    expect(session.endReason).toBeUndefined()
    expect(confirmationsOf(session.id)).toEqual([])
  })

  it('"it was me" confirms the session, this review of it alone, as often as it is pressed', async () => {
    const { owner, session, event } = await aFlaggedSession()
    await publish(event)
    const { visitor, page } = await openLink(owner.email)
    for (let n = 0; n < 2; n += 1) {
      const answer = await visitor.submit(page, { decision: 'me' })
      expect([answer.status, answer.headers.get('location')]).toEqual([
        303,
        expect.stringContaining('?done=me'),
      ])
    }
    expect((await visitor.open('/sessions/not-me?done=me')).text).toContain('Thank you')
    const flaggedMs = new Date(event.flagged_at).getTime()
    expect(confirmationsOf(session.id)).toHaveLength(2)
    expect(confirmationsOf(session.id)[0]).toMatchObject({
      userId: owner.id,
      ipAddress: '',
      flaggedAt: { seconds: Math.floor(flaggedMs / 1_000) },
    })
    expect((await identity.login(owner.email, goodPassword)).status).toBe(200)
  })

  it('"it wasn’t me" ends it, and suspends the password', async () => {
    const { owner, session, event } = await aFlaggedSession()
    await publish(event)
    const { visitor, page } = await openLink(owner.email)
    expect((await visitor.submit(page, { decision: 'not_me' })).status).toBe(303)
    expect(session.endReason).toBe('not_me')
    expect((await identity.login(owner.email, goodPassword)).status).toBe(403)
    // Used up: it can't be taken back by whoever else reads the mail.
    expect((await visitor.submit(page, { decision: 'me' })).status).toBe(400)
  })

  it('says with 503 that it can’t tell now, and the link works later', async () => {
    const { owner, event } = await aFlaggedSession()
    await publish(event)
    const { visitor, page } = await openLink(owner.email)
    identity.neighbours.session.set('away')
    try {
      expect((await visitor.submit(page, { decision: 'me' })).status).toBe(503)
    } finally {
      identity.neighbours.session.set('up')
    }
    expect((await visitor.submit(page, { decision: 'me' })).status).toBe(303)
  })
})

describe('POST /auth/reauthenticate', () => {
  it('vouches for the session, from the address that the proof came from', async () => {
    const { owner, session } = await aFlaggedSession()
    const body = { password: goodPassword }
    const ask = () => identity.call('POST', '/auth/reauthenticate', { bearer: owner.bearer, body })
    expect((await ask()).status).toBe(204)
    expect(confirmationsOf(session.id)).toMatchObject([
      { userId: owner.id, ipAddress: '203.0.113.7', flaggedAt: null },
    ])
    identity.neighbours.session.set('away')
    try {
      expect((await ask()).status).toBe(204)
    } finally {
      identity.neighbours.session.set('up')
    }
  })

  it('with a wrong password vouches for nothing', async () => {
    const { owner, session } = await aFlaggedSession()
    const body = { password: 'Wrong-Harbour-42!' }
    await identity.call('POST', '/auth/reauthenticate', { bearer: owner.bearer, body })
    expect(confirmationsOf(session.id)).toEqual([])
  })
})

describe('faults', () => {
  it('an event that a killed consumer left unfinished is handled by the next, and the mail still comes once', async () => {
    const { owner, event } = await aFlaggedSession()
    const dead = identity.redis.duplicate()
    // Another process of the group takes the event and dies before it has done anything.
    await publish({ type: 'session.ended', session_id: createUuid() })
    await identity.redis
      .xgroup('CREATE', 'events:session', 'identity', '0', 'MKSTREAM')
      .catch(() => undefined)
    const id = await publish(event)
    await dead.xclaim('events:session', 'identity', 'dead', 0, id, 'FORCE').catch(() => undefined)
    await dead.quit()
    await eventually(() => expect(mailsTo(owner.email)).toHaveLength(1), { timeoutMs: 25_000 })
    await publish(event)
    await publish({ ...event, session_id: createUuid(), user_id: createUuid() })
    await eventually(
      async () => {
        const pending = await identity.redis.xpending('events:session', 'identity')
        expect(pending[0]).toBe(0)
      },
      { timeoutMs: 25_000 },
    )
    expect(mailsTo(owner.email)).toHaveLength(1)
  })

  it('an emptied Redis, told again, gives no second mail', async () => {
    const { owner, event } = await aFlaggedSession()
    await publish(event)
    await eventually(() => expect(mailsTo(owner.email)).toHaveLength(1))
    await identity.redisServer.flush()
    await publish(event)
    const other = await aFlaggedSession()
    await publish(other.event)
    await eventually(() => expect(mailsTo(other.owner.email)).toHaveLength(1))
    expect(mailsTo(owner.email)).toHaveLength(1)
  })
})
