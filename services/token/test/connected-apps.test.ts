import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import type { ClientId, UserId } from '../src/domain/ids.ts'
import { createConsents } from '../src/store/consents.ts'
import { createRefreshFamilies } from '../src/store/refresh-families.ts'
import { createRevocations } from '../src/store/revocations.ts'
import { aClient } from './a-client.ts'
import { aCode, aGrantTo } from './a-code.ts'
import { startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica
beforeAll(async () => {
  suite = await startTokenSuite()
  replica = await suite.startReplica()
})
afterAll(async () => {
  await replica.close()
  await suite.close()
})

const someone = () => createUuid<UserId>()
const consentTo = (subject: UserId, clientId: ClientId, ...scopes: string[]) =>
  createConsents(suite.database).add({ subject, clientId }, { scopes, resources: [] })
const families = () =>
  createRefreshFamilies({ ...suite.database, policy: { ttlSeconds: 604_800, graceSeconds: 30 } })
const aFamily = async (subject: UserId, clientId: ClientId, scope = 'openid profile') => {
  const grant = aGrantTo(clientId, { subject, scope })
  await families().begin({ grant, rotates: true, tokenHash: randomBytes(32) })
  return grant
}
const isRevoked = (id: string) => createRevocations(suite.database).findAny([`grant:${id}`])
const list = (userId: string, locale = '') => replica.client.listConnectedApps({ userId, locale })

describe('ListConnectedApps', () => {
  it('tells of consents and of living grants, in the language of the user, and of nobody else', async () => {
    const [subject, other] = [someone(), someone()]
    const [asked, trusted] = [await aClient(suite.database), await aClient(suite.database)]
    await consentTo(subject, asked.id, 'openid', 'email')
    await aFamily(subject, asked.id, 'openid offline_access')
    await aFamily(subject, trusted.id)
    await aFamily(subject, 'latchkey' as ClientId)
    await consentTo(other, trusted.id, 'openid')

    const { apps } = await list(subject, 'de')
    expect(apps.map(({ clientId, actsOffline }) => [clientId, actsOffline]).sort()).toEqual(
      [
        [asked.id, true],
        [trusted.id, false],
      ].sort(),
    )
    const german = apps.find(({ clientId }) => clientId === asked.id)?.permissions ?? []
    expect(german.join()).toMatch(/E-Mail/)
    expect((await list(other)).apps).toHaveLength(1)
  })

  it('refuses what is no user', async () => {
    await expect(list('nobody')).rejects.toMatchObject({ status: 'INVALID_ARGUMENT' })
  })
})

describe('DisconnectApp', () => {
  it('ends consent, families, codes and access tokens of one application of one user', async () => {
    const [subject, other] = [someone(), someone()]
    const [gone, kept] = [await aClient(suite.database), await aClient(suite.database)]
    await consentTo(subject, gone.id, 'openid')
    const ended = await aFamily(subject, gone.id)
    const { grant: waiting } = await aCode(suite.database, gone, { grant: { subject } })
    const untouched = [await aFamily(subject, kept.id), await aFamily(other, gone.id)]
    const { grant: theirs } = await aCode(suite.database, gone, { grant: { subject: other } })

    for (let time = 0; time < 2; time += 1)
      await replica.client.disconnectApp({ userId: subject, clientId: gone.id })

    expect((await list(subject)).apps.map(({ clientId }) => clientId)).toEqual([kept.id])
    const reasons = await suite.database.prisma.refreshFamily.findMany({
      where: { id: { in: [ended, ...untouched].map(({ id }) => id) } },
      select: { id: true, endReason: true },
    })
    expect(reasons.filter(({ endReason }) => endReason !== null)).toEqual([
      { id: ended.id, endReason: 'disconnected' },
    ])
    expect(await Promise.all([ended, waiting].map(({ id }) => isRevoked(id)))).toEqual([true, true])
    expect(await Promise.all([...untouched, theirs].map(({ id }) => isRevoked(id)))).toEqual([
      false,
      false,
      false,
    ])
    const codes = await suite.database.prisma.authorizationCode.findMany({
      where: { grantId: { in: [waiting.id, theirs.id] }, usedAt: null },
    })
    expect(codes.map(({ grantId }) => grantId)).toEqual([theirs.id])
  })
})
