/** What ends grants, against a code that is being redeemed in the same moment: its family must not outlive the end. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Grant } from '../src/domain/grant.ts'
import { hashSecret } from '../src/domain/hash-secret.ts'
import { createAuthorizationCodes } from '../src/store/authorization-codes.ts'
import { endGrantsOfClient } from '../src/store/client-grants.ts'
import { createRefreshFamilies } from '../src/store/refresh-families.ts'
import { createRevocations } from '../src/store/revocations.ts'
import { createSessionEnds } from '../src/store/session-ends.ts'
import { createSubjects } from '../src/store/subjects.ts'
import { aClient } from './a-client.ts'
import { aCode, aGrantTo } from './a-code.ts'
import { createTokenDatabase, type TokenDatabase } from './token-database.ts'

let database: TokenDatabase
beforeAll(async () => {
  database = await createTokenDatabase()
})
afterAll(() => database.drop())

const soon = () => new Date(Date.now() + 1_000)

/** Each by the reason that it leaves. */
const ends: Readonly<Record<string, (grant: Grant) => Promise<unknown>>> = {
  account_deleted: ({ subject }) => createSubjects(database).delete(subject),
  password_reset: ({ subject }) => createSessionEnds(database).endOfflineAccess(subject, soon()),
  not_me: ({ subject, sessionId }) =>
    createSessionEnds(database).endOfflineAccess(subject, soon(), sessionId),
  account_disabled: ({ subject, sessionId }) =>
    createSessionEnds(database).conclude({
      sessionId,
      subject,
      reason: 'account_disabled',
      endedAt: soon(),
    }),
  client_deactivated: ({ clientId }) =>
    inTransaction(database.pool, db => endGrantsOfClient(db, clientId, 'client_deactivated')),
}

const begin = (grant: Grant): Promise<number> =>
  createRefreshFamilies({ ...database, policy: { ttlSeconds: 604_800, graceSeconds: 30 } }).begin({
    grant,
    rotates: true,
    tokenHash: randomBytes(32),
  })

const aRedeemedGrant = async (overrides: Partial<Grant> = {}): Promise<Grant> => {
  const app = await aClient(database)
  const { code, grant } = await aCode(database, app, { grant: { isOffline: true, ...overrides } })
  await createAuthorizationCodes(database).redeem({ codeHash: hashSecret(code), clientId: app.id })
  return grant
}

describe.each(Object.entries(ends))('the end of grants: %s', (reason, end) => {
  it('reaches one whose code is used up, and whose family has not begun', async () => {
    const grant = await aRedeemedGrant()
    await end(grant)
    expect(await begin(grant)).toBe(0)
    expect(await database.prisma.refreshFamily.findUnique({ where: { id: grant.id } })).toMatchObject({
      endReason: reason,
    })
    expect(await createRevocations(database).findAny([`grant:${grant.id}`])).toBe(true)
  })

  it('lets the end or the beginning be first, and ends the family either way', async () => {
    const first = await aRedeemedGrant()
    const { subject, sessionId, clientId } = first
    const others = await Promise.all(
      Array.from(
        { length: 9 },
        async () =>
          (
            await aCode(
              database,
              { id: clientId },
              { grant: aGrantTo(clientId, { subject, sessionId, isOffline: true }) },
            )
          ).grant,
      ),
    )
    const grants = [first, ...others]
    await Promise.all([...grants.map(begin), end(first)])
    const ended = { id: { in: grants.map(({ id }) => id) }, endedAt: { not: null } }
    expect(await database.prisma.refreshFamily.count({ where: ended })).toBe(10)
  })

  it('leaves what somebody else redeems at another client', async () => {
    const [grant, bystander] = [await aRedeemedGrant(), await aRedeemedGrant()]
    await end(grant)
    expect(await begin(bystander)).toBeGreaterThan(0)
  })
})

describe('the end of offline access', () => {
  it('leaves what lives with its session, and what a later sign-in granted', async () => {
    const online = await aRedeemedGrant({ isOffline: false })
    await createSessionEnds(database).endOfflineAccess(online.subject, soon())
    expect(await begin(online)).toBeGreaterThan(0)

    const later = await aRedeemedGrant()
    const before = new Date(later.authenticatedAt.getTime() - 1)
    await createSessionEnds(database).endOfflineAccess(later.subject, before)
    expect(await begin(later)).toBeGreaterThan(0)
  })
})
