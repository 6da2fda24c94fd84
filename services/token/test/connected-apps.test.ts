import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { hashSecret } from '../src/domain/hash-secret.ts'
import type { ClientId, UserId } from '../src/domain/ids.ts'
import { createAuthorizationCodes } from '../src/store/authorization-codes.ts'
import { createConsents } from '../src/store/consents.ts'
import { createExpiredRows } from '../src/store/expired-rows.ts'
import { createRefreshFamilies } from '../src/store/refresh-families.ts'
import { createRevocations } from '../src/store/revocations.ts'
import { aClient } from './a-client.ts'
import { aCode, aGrantTo } from './a-code.ts'
import { type AuthorizeSuite, startAuthorizeSuite } from './authorize-under-test.ts'

let suite: AuthorizeSuite
beforeAll(async () => {
  suite = await startAuthorizeSuite({ ACCESS_TOKEN_TTL_SECONDS: '7200' })
})
afterAll(() => suite.close())

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
const list = (userId: string, locale = '') => suite.replica.client.listConnectedApps({ userId, locale })

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
      await suite.replica.client.disconnectApp({ userId: subject, clientId: gone.id })

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

  it('reaches the grant of a code that is being redeemed in this moment: its family does not begin', async () => {
    const subject = someone()
    const app = await aClient(suite.database)
    const { code, grant } = await aCode(suite.database, app, { grant: { subject } })
    const codeHash = hashSecret(code)
    const redeemed = await createAuthorizationCodes(suite.database).redeem({ codeHash, clientId: app.id })
    await suite.replica.client.disconnectApp({ userId: subject, clientId: app.id })
    const lives = await families().begin({ grant, rotates: true, tokenHash: randomBytes(32) })
    expect([redeemed.outcome, lives]).toEqual(['redeemed', 0])
    expect(await suite.database.prisma.refreshFamily.findUnique({ where: { id: grant.id } })).toMatchObject({
      endReason: 'disconnected',
    })
    expect((await list(subject)).apps).toEqual([])
  })

  it('lets one of the two be first, whichever it is', async () => {
    const subject = someone()
    const app = await aClient(suite.database)
    const grants = await Promise.all(
      Array.from(
        { length: 10 },
        async () => (await aCode(suite.database, app, { grant: { subject } })).grant,
      ),
    )
    await Promise.all([
      ...grants.map(grant => families().begin({ grant, rotates: true, tokenHash: randomBytes(32) })),
      suite.replica.client.disconnectApp({ userId: subject, clientId: app.id }),
    ])
    const ids = grants.map(({ id }) => id)
    expect(
      await suite.database.prisma.refreshFamily.count({ where: { id: { in: ids }, endedAt: { not: null } } }),
    ).toBe(10)
  })

  const longest = 86_400
  const untilOf = async (id: string): Promise<number> => {
    const found = await suite.database.prisma.revocation.findUnique({ where: { key: `grant:${id}` } })
    return found?.expiresAt.getTime() ?? 0
  }
  /** As if `seconds` had passed since it was issued, and the codes that were due were removed. */
  const letPass = async (subject: UserId, seconds: number) => {
    const { pool } = suite.database
    await pool.query(
      `update authorization_codes
          set expires_at = expires_at - make_interval(secs => $2), kept_until = kept_until - make_interval(secs => $2)
        where ("grant" ->> 'subject')::uuid = $1`,
      [subject, seconds],
    )
    await createExpiredRows({
      pool,
      table: 'authorization_codes',
      column: 'kept_until',
      keepSeconds: 0,
    }).remove(100)
  }

  it.each([
    ['of its own', longest],
    ['of the installation', undefined],
  ])(
    'reaches access tokens of a client without refresh tokens, for all the time %s',
    async (_title, ttlSeconds) => {
      const app = await suite.newClient({
        metadata: {
          grant_types: ['authorization_code'],
          require_consent: false,
          access_token_ttl_seconds: ttlSeconds,
        },
      })
      const { browser, userId } = await suite.aSignedInBrowser()
      const subject = userId as UserId
      expect((await suite.authorize(browser, suite.aRequest(app.id))).status).toBe(303)
      const [code] = await suite.database.prisma.authorizationCode.findMany({ where: { clientId: app.id } })

      await letPass(subject, (ttlSeconds ?? 7_200) - 1)
      await suite.replica.client.disconnectApp({ userId, clientId: app.id })
      expect(await isRevoked(code?.grantId ?? '')).toBe(true)
      expect(await untilOf(code?.grantId ?? '')).toBeGreaterThan(Date.now() + longest * 1_000)
    },
  )
})
