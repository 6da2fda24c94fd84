import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import type { NewCode } from '../src/domain/authorization-code.ts'
import type { Grant } from '../src/domain/grant.ts'
import type { ClientId, GrantId, SessionId, UserId } from '../src/domain/ids.ts'
import { type AuthorizationCodes, createAuthorizationCodes } from '../src/store/authorization-codes.ts'
import { createTokenDatabase, type TokenDatabase } from './token-database.ts'

let database: TokenDatabase
let store: AuthorizationCodes
beforeAll(async () => {
  database = await createTokenDatabase()
  store = createAuthorizationCodes(database)
})
afterAll(() => database.drop())

const codes = () => store
const clientId = 'shop' as ClientId

const aGrant = (): Grant => ({
  id: createUuid<GrantId>(),
  subject: createUuid<UserId>(),
  sessionId: createUuid<SessionId>(),
  clientId,
  scope: 'openid email',
  resources: ['https://api.example'],
  authenticatedAt: new Date('2026-11-01T12:00:00.250Z'),
  authenticationMethods: ['pwd'],
  acr: 'urn:latchkey:acr:sfa',
  claims: { id_token: { email: null } },
  dpopJkt: 'thumbprint',
  isOffline: false,
  endsAt: new Date('2026-12-01T12:00:00.000Z'),
})

const aCode = (overrides: Partial<NewCode> = {}): NewCode => {
  const grant = aGrant()
  return {
    codeHash: randomBytes(32),
    grant,
    redirectUri: 'https://shop.example/cb',
    codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    nonce: 'n-0S6_WzA2Mj',
    ttlSeconds: 60,
    keptSeconds: 3_600,
    sessionEndsAt: grant.endsAt,
    ...overrides,
  }
}

const anIssuedCode = async (overrides?: Partial<NewCode>) => {
  const code = aCode(overrides)
  await codes().issue(code)
  return code
}

describe('an authorization code', () => {
  it('gives back what it was bound to', async () => {
    const { codeHash, grant, redirectUri, codeChallenge, nonce } = await anIssuedCode()
    expect(await codes().redeem({ codeHash, clientId })).toEqual({
      outcome: 'redeemed',
      grant,
      redirectUri,
      codeChallenge,
      nonce,
    })
  })

  it('may be without challenge and nonce', async () => {
    const { codeHash } = await anIssuedCode({ codeChallenge: undefined, nonce: undefined })
    const redemption = await codes().redeem({ codeHash, clientId })
    expect(redemption).toMatchObject({ outcome: 'redeemed' })
    expect(Object.keys(redemption)).toEqual(expect.not.arrayContaining(['codeChallenge', 'nonce']))
  })

  it('is unknown to another client, whose attempt does not use it up', async () => {
    const { codeHash } = await anIssuedCode()
    const other = { codeHash, clientId: 'Shop' as ClientId }
    expect(await codes().redeem(other)).toEqual({ outcome: 'unknown' })
    expect(await codes().redeem({ codeHash, clientId })).toMatchObject({ outcome: 'redeemed' })
    expect(await codes().redeem(other)).toEqual({ outcome: 'unknown' })
  })

  it('is unknown where there is none', async () => {
    expect(await codes().redeem({ codeHash: randomBytes(32), clientId })).toEqual({ outcome: 'unknown' })
  })

  it('expires', async () => {
    const { codeHash } = await anIssuedCode({ ttlSeconds: 0 })
    expect(await codes().redeem({ codeHash, clientId })).toEqual({ outcome: 'expired' })
    expect(await codes().redeem({ codeHash, clientId })).toEqual({ outcome: 'expired' })
  })
})

describe('CHECKLIST 14: a code has at most one success', () => {
  it('is redeemed by one of twenty parallel requests over two replicas, and the others know its grant', async () => {
    const { codeHash, grant } = await anIssuedCode()
    const other = createAuthorizationCodes({ pool: database.openPool() })
    const redemptions = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? codes() : other).redeem({ codeHash, clientId })),
    )
    expect(redemptions.filter(({ outcome }) => outcome === 'redeemed')).toHaveLength(1)
    expect(redemptions.filter(({ outcome }) => outcome === 'used')).toEqual(
      Array.from({ length: 19 }, () => ({ outcome: 'used', grant })),
    )
  })

  it('is still known to be used once it has expired', async () => {
    const { codeHash, grant } = await anIssuedCode()
    await codes().redeem({ codeHash, clientId })
    await database.pool.query('update authorization_codes set expires_at = now() where code_hash = $1', [
      codeHash,
    ])
    expect(await codes().redeem({ codeHash, clientId })).toEqual({ outcome: 'used', grant })
  })
})

describe('many at a time', () => {
  it('are each issued and redeemed for themselves, over two replicas, in whatever order', async () => {
    const other = createAuthorizationCodes({ pool: database.openPool() })
    const session = aGrant()
    const issued = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        anIssuedCode({ grant: { ...aGrant(), sessionId: session.sessionId }, nonce: `${n}` }),
      ),
    )
    const uses = issued.map(({ codeHash }) => ({ codeHash, clientId }))
    const redemptions = await Promise.all(
      [codes(), other].flatMap((replica, turn) =>
        (turn === 0 ? uses : uses.toReversed()).map(use => replica.redeem(use)),
      ),
    )
    const redeemed = redemptions.filter(({ outcome }) => outcome === 'redeemed')
    expect(redeemed).toHaveLength(100)
    expect(new Set(redeemed.map(each => 'nonce' in each && each.nonce)).size).toBe(100)
    expect(redemptions.filter(({ outcome }) => outcome === 'used')).toHaveLength(100)
  })
})

describe('the clients of a session', () => {
  it('are noted with the code, once each, for the logout that will tell them', async () => {
    const grant = aGrant()
    await Promise.all([anIssuedCode({ grant }), anIssuedCode({ grant }), anIssuedCode({ grant })])
    await anIssuedCode({ grant: { ...grant, clientId: 'library' as ClientId } })
    const { sessionId, subject, endsAt } = grant
    const noted = await database.prisma.clientSession.findMany({
      where: { sessionId },
      orderBy: { clientId: 'asc' },
    })
    expect(noted).toEqual(
      ['library', 'shop'].map(id => ({
        sessionId,
        clientId: id,
        subject,
        endsAt,
        createdAt: expect.any(Date),
      })),
    )
  })
})
