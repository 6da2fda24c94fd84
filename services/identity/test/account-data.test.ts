/** The file of one’s data, and the end of an account. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Accounts, placeOf, startAccounts } from './accounts-under-test.ts'
import { goodPassword } from './identity-under-test.ts'

let accounts: Accounts
beforeAll(async () => {
  accounts = await startAccounts()
})
afterAll(() => accounts.close())

describe('/account/data', () => {
  it('gives everything that is kept, and no secret', async () => {
    const { visitor, id, email, bearer } = await accounts.somebody()
    const file = await visitor.submit(await visitor.open('/account/data'), {}, '/account/data/download')
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="account-data.json"')
    expect(file.body).toMatchObject({ user: { id, email }, connected_apps: [], devices: [{}, {}] })
    expect((file.body.sessions as object[]).length).toBe(2)
    expect(file.text).not.toMatch(/argon2|hash/i)
    const byApi = await accounts.identity.call('GET', '/auth/me/export', { bearer })
    expect(byApi.body).toMatchObject({ user: { id, email } })
  })

  it('tells of sessions that are under review, and how those that are no more have ended', async () => {
    const { id, bearer } = await accounts.somebody()
    const [ended, flagged] = accounts.sessionsOf(id)
    if (ended === undefined || flagged === undefined) throw new Error('two sessions are expected')
    ended.endReason = 'unconfirmed'
    const flaggedAt = new Date('2026-11-27T10:00:00.000Z')
    flagged.review = { reason: 'unknown_address', flaggedAt, until: new Date('2026-11-27T10:05:00.000Z') }
    const { body } = await accounts.identity.call('GET', '/auth/me/export', { bearer })
    expect(body.sessions).toMatchObject([
      {
        id: flagged.id,
        review: {
          reason: 'unknown_address',
          flagged_at: '2026-11-27T10:00:00.000Z',
          until: '2026-11-27T10:05:00.000Z',
        },
      },
    ])
    expect(body.ended_sessions).toEqual([
      {
        id: ended.id,
        reason: 'unconfirmed',
        original_ip: ended.ipAddress,
        new_ip: ended.ipAddress,
        ended_at: expect.any(String),
      },
    ])
  })

  it('tells of all that have ended, however many', async () => {
    const { id, bearer } = await accounts.somebody()
    const [kept] = accounts.sessionsOf(id)
    if (kept === undefined) throw new Error('a session is expected')
    const many = Array.from({ length: 1_100 }, (_, index) => ({
      ...kept,
      id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      endReason: 'logout' as const,
    }))
    accounts.identity.neighbours.session.sessions.push(...many)
    const { body } = await accounts.identity.call('GET', '/auth/me/export', { bearer })
    const told = (body.ended_sessions as { id: string }[]).map(each => each.id)
    expect(told).toEqual(many.map(each => each.id).toReversed())
  })

  it('tells of every address that the user is known at, and of nobody else’s', async () => {
    const [{ id, bearer }, other] = [await accounts.somebody(), await accounts.somebody()]
    const { addresses } = accounts.identity.neighbours.session
    addresses.push({ userId: other.id, address: '192.0.2.1' })
    addresses.push({ userId: id, address: '192.0.2.2', provenAt: new Date('2026-11-27T10:00:00.000Z') })
    const seen = Array.from(
      { length: 1_100 },
      (_, index) => `2001:db8::${index.toString(16).padStart(4, '0')}`,
    )
    addresses.push(...seen.toReversed().map(address => ({ userId: id, address })))
    const { body } = await accounts.identity.call('GET', '/auth/me/export', { bearer })
    const instant = expect.any(String)
    expect(body.known_addresses).toEqual([
      {
        ip_address: '192.0.2.2',
        first_seen_at: instant,
        last_seen_at: instant,
        proven_at: '2026-11-27T10:00:00.000Z',
      },
      ...seen.map(ip_address => ({
        ip_address,
        first_seen_at: instant,
        last_seen_at: instant,
        proven_at: null,
      })),
    ])
  })

  it('CHECKLIST 38: asks who it is once more, where that was long ago, and goes on from there', async () => {
    const { visitor, id } = await accounts.somebody()
    const page = await visitor.open('/account/data')
    accounts.clock.advance(600_000)
    const asked = await visitor.submit(page, {}, '/account/data/download')
    expect(placeOf(asked)).toEqual([303, '/account/confirm?next=%2Faccount%2Fdata'])
    const session = accounts.sessionsOf(id).at(-1)?.id
    const bearer = await accounts.identity.neighbours.token.sign({ sub: id, sid: session })
    const refused = await accounts.identity.call('GET', '/auth/me/export', { bearer })
    expect([refused.status, refused.body.code]).toEqual([403, 'REAUTHENTICATION_REQUIRED'])

    const confirm = await visitor.open('/account/confirm?next=%2Faccount%2Fdata')
    expect(placeOf(await visitor.submit(confirm, { password: goodPassword }))).toEqual([303, '/account/data'])
    expect((await visitor.submit(page, {}, '/account/data/download')).status).toBe(200)
    expect((await accounts.identity.call('GET', '/auth/me/export', { bearer })).status).toBe(200)
  })

  it('deletes the account of who knows its password', async () => {
    const { visitor, email, id } = await accounts.somebody()
    const remove = async (password: string) =>
      visitor.submit(await visitor.open('/account/data'), { password }, '/account/data/delete')
    expect((await remove('')).status).toBe(400)
    expect((await remove('Wrong-Guess-1!')).text).toContain('This is not your password.')
    expect(accounts.endingsOf(id)).toEqual([undefined, undefined])
    expect(placeOf(await remove(goodPassword))).toEqual([303, '/login'])
    expect((await accounts.identity.login(email, goodPassword)).status).toBe(401)
    expect(accounts.endingsOf(id)).toEqual(['account_deleted', 'account_deleted'])
  })
})
