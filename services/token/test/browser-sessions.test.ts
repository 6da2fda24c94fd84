import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import type { ClientId, SessionId, UserId } from '../src/domain/ids.ts'
import { createBrowserSessions } from '../src/store/browser-sessions.ts'
import { createConsents } from '../src/store/consents.ts'
import { createTokenDatabase, type TokenDatabase } from './token-database.ts'

let database: TokenDatabase
let sessions: ReturnType<typeof createBrowserSessions>

beforeAll(async () => {
  database = await createTokenDatabase()
  sessions = createBrowserSessions(database)
})
afterAll(() => database.drop())

const minutesAhead = (minutes: number) => new Date(Date.now() + minutes * 60_000)

const aBrowser = async (subject = createUuid<UserId>(), endsAt = minutesAhead(10)) => {
  const tokenHash = randomBytes(32)
  const sessionId = createUuid<SessionId>()
  const signIn = { authenticatedAt: new Date(), authenticationMethods: ['pwd'], endsAt }
  await sessions.begin(tokenHash, { sessionId, subject, ...signIn })
  return { tokenHash, sessionId, subject }
}

describe('the session of a browser', () => {
  it('is found with what its user has allowed the client that asks, and nobody else', async () => {
    const [asking, other] = ['asking', 'other'] as ClientId[]
    const [owner, stranger] = await Promise.all([aBrowser(), aBrowser()])
    const allowed = { scopes: ['openid'], resources: ['https://api.example'] }
    await createConsents(database).add({ subject: owner.subject, clientId: asking as ClientId }, allowed)
    // At once, so that they share a statement.
    const found = await Promise.all([
      sessions.find(owner.tokenHash, asking),
      sessions.find(owner.tokenHash, other),
      sessions.find(owner.tokenHash),
      sessions.find(stranger.tokenHash, asking),
      sessions.find(owner.tokenHash, asking),
    ])
    expect(found.map(each => each?.remembered)).toEqual([allowed, undefined, undefined, undefined, allowed])
    expect(found.map(each => each?.session.sessionId)).toEqual(
      [owner, owner, owner, stranger, owner].map(({ sessionId }) => sessionId),
    )
  })

  it('is not found by another cookie, nor after its end', async () => {
    const over = await aBrowser(createUuid(), minutesAhead(-1))
    expect(await sessions.find(over.tokenHash)).toBeUndefined()
    expect(await sessions.find(randomBytes(32))).toBeUndefined()
  })
})
