import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { ClientId } from '../src/domain/ids.ts'
import { createExpiredTokens } from '../src/store/expired-tokens.ts'
import { createGrantRevocations } from '../src/store/grant-revocations.ts'
import { createRefreshFamilies } from '../src/store/refresh-families.ts'
import { createRevocations } from '../src/store/revocations.ts'
import { aGrantTo } from './a-code.ts'
import { createTokenDatabase, type TokenDatabase } from './token-database.ts'

let database: TokenDatabase
beforeAll(async () => {
  database = await createTokenDatabase()
})
afterAll(() => database.drop())

const families = () =>
  createRefreshFamilies({ ...database, policy: { ttlSeconds: 604_800, graceSeconds: 30 } })
const revocations = () => createGrantRevocations(database)
const aGrant = () => aGrantTo('shop' as ClientId)
const isRevoked = (id: string) => createRevocations(database).findAny([`grant:${id}`])
const readFamily = (id: string) => database.prisma.refreshFamily.findUnique({ where: { id } })

describe('a grant that is revoked', () => {
  it('has no living family and no access token', async () => {
    const grant = aGrant()
    await families().begin({ grant, rotates: true, tokenHash: randomBytes(32) })
    await revocations().revoke(grant.id, 'consent_revoked')
    expect(await readFamily(grant.id)).toMatchObject({ endReason: 'consent_revoked' })
    expect(await isRevoked(grant.id)).toBe(true)
  })

  it('keeps the reason of its first end', async () => {
    const grant = aGrant()
    await families().begin({ grant, rotates: true, tokenHash: randomBytes(32) })
    for (const reason of ['first', 'second']) {
      await revocations().revoke(grant.id, reason)
      await revocations().revokeEarly(grant, reason)
    }
    expect(await readFamily(grant.id)).toMatchObject({ endReason: 'first' })
  })

  it('needs no family: a client without refresh tokens has none', async () => {
    const grant = aGrant()
    await revocations().revoke(grant.id, 'revoked')
    expect([await isRevoked(grant.id), await readFamily(grant.id)]).toEqual([true, null])
  })

  it('never begins a family afterwards where it was revoked early, and leaves nothing behind for ever', async () => {
    const grant = aGrant()
    await revocations().revokeEarly(grant, 'authorization_code_reused')
    const tokenHash = randomBytes(32)
    expect(await families().begin({ grant, rotates: true, tokenHash })).toBe(0)
    expect(await families().find(tokenHash)).toBeUndefined()
    await database.pool.query(`update refresh_tokens set expires_at = now() - interval '2 days'`)
    await createExpiredTokens(database).remove(100)
    expect(await readFamily(grant.id)).toBeNull()
  })
})

describe('a grant that is revoked while its family begins', () => {
  it('has no living family, whichever of the two comes first', async () => {
    const pool = database.openPool()
    const other = createGrantRevocations({ pool })
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const grant = aGrant()
        const begin = () => families().begin({ grant, rotates: true, tokenHash: randomBytes(32) })
        const revoke = () => other.revokeEarly(grant, 'authorization_code_reused')
        await Promise.all([begin(), revoke(), revoke()])
        expect(await readFamily(grant.id)).toMatchObject({ endedAt: expect.any(Date) })
      }),
    )
    await pool.end()
  })
})

describe('a family that does not rotate', () => {
  it('writes nothing where its expiry would move by less than a minute', async () => {
    const grant = aGrant()
    const tokenHash = randomBytes(32)
    await families().begin({ grant, rotates: false, tokenHash })
    const before = await readFamily(grant.id)
    expect(await families().prolong({ tokenHash })).toMatchObject({ outcome: 'prolonged' })
    expect(await readFamily(grant.id)).toEqual(before)
  })

  it('is not prolonged once it has ended, under parallel use and end', async () => {
    const grant = aGrant()
    const tokenHash = randomBytes(32)
    await families().begin({ grant, rotates: false, tokenHash })
    await database.pool.query(
      `update refresh_families set expires_at = expires_at - interval '1 hour' where id = $1`,
      [grant.id],
    )
    const uses = Array.from({ length: 20 }, () => families().prolong({ tokenHash }))
    await Promise.all([...uses, revocations().revoke(grant.id, 'revoked')])
    expect(await families().prolong({ tokenHash })).toEqual({ outcome: 'ended' })
  })

  it('and one that rotates are never used by each other’s statement', async () => {
    const [grant, tokenHash] = [aGrant(), randomBytes(32)]
    await families().begin({ grant, rotates: true, tokenHash })
    expect(await families().prolong({ tokenHash })).toEqual({ outcome: 'unknown' })
  })
})
