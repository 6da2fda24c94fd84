/** Accounts elsewhere as ways into an account here: connected, disconnected, and a proof of who it is. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import type { ProviderClaims } from '@latchkey/testkit/providers'
import { type Answer, goodPassword } from './identity-under-test.ts'
import { aProviderUser, type SocialUnderTest, startSocial } from './social-under-test.ts'

let social: SocialUnderTest
beforeAll(async () => {
  social = await startSocial()
})
afterAll(() => social.closeAll())

const locationOf = ({ headers }: Answer): string => headers.get('location') ?? ''

describe('/account/providers', () => {
  const localVisitor = async ({ verified = true } = {}) => {
    const local = await social.register()
    if (verified)
      await social.database.pool.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [local.id])
    const visitor = social.visitor()
    await visitor.submit(await visitor.open('/login'), { email: local.email, password: goodPassword })
    return { local, visitor }
  }

  const longAgo = () =>
    social.database.pool.query(`UPDATE authentications SET at = now() - interval '1 hour'`)

  it('connects an account of whatever address, and tells the owner by mail; then it signs in', async () => {
    const { local, visitor } = await localVisitor()
    const person = aProviderUser({ email: 'somebody.else@example.net', email_verified: false })
    const back = await social.travel(visitor, await visitor.open('/account/providers'), person)
    expect(locationOf(back)).toBe('/account/providers?done=linked')
    const page = await visitor.open(locationOf(back))
    expect(page.text).toContain('somebody.else@example.net')
    await eventually(() =>
      expect(social.neighbours.notification.messages).toContainEqual(
        expect.objectContaining({ template: 'provider_linked', recipient: local.email }),
      ),
    )
    expect((await social.signIn(person)).body.user).toMatchObject({ id: local.id })
  })

  it('says whose it is already', async () => {
    const person = aProviderUser()
    await social.signIn(person)
    const { visitor } = await localVisitor()
    const back = await social.travel(visitor, await visitor.open('/account/providers'), person)
    expect(locationOf(back)).toBe('/account/providers?done=taken')
  })

  it('connects nothing to an address that nobody has verified', async () => {
    const { visitor } = await localVisitor({ verified: false })
    const { text } = await visitor.open('/account/providers')
    expect(text).toContain('Confirm your email address first')
    expect(text).not.toContain('/account/providers/connect')
  })

  it('connects nothing in a session that somebody else has taken over meanwhile', async () => {
    const { local, visitor } = await localVisitor()
    const away = await visitor.open(social.linkTo(await visitor.open('/account/providers'), 'acme'))
    visitor.cookies.delete('__Host-latchkey_session')
    const other = await social.register()
    await visitor.submit(await visitor.open('/login'), { email: other.email, password: goodPassword })
    const back = await visitor.open(social.pathOf(social.acme.approve(locationOf(away), aProviderUser())))
    expect(back.status).toBe(400)
    expect([
      ...(await social.externalAccountsOf(local.id)),
      ...(await social.externalAccountsOf(other.id)),
    ]).toEqual([])
  })

  it('asks who it is before a change (ASVS 7.5.1), by the API too', async () => {
    const { local, visitor } = await localVisitor()
    await social.travel(visitor, await visitor.open('/account/providers'), aProviderUser())
    const page = await visitor.open('/account/providers')
    await longAgo()
    for (const answer of [await visitor.open(social.linkTo(page, 'acme')), await visitor.submit(page)])
      expect(locationOf(answer)).toBe('/account/confirm?next=%2Faccount%2Fproviders')
    const [account] = await social.externalAccountsOf(local.id)
    const path = `/auth/external-accounts/${account.id}`
    const refused = await social.call('DELETE', path, { bearer: local.bearer })
    expect(refused).toMatchObject({ status: 403, body: { code: 'REAUTHENTICATION_REQUIRED' } })
  })

  it('disconnects, ends the sessions that may have begun by it, and tells the owner by mail', async () => {
    const { local, visitor } = await localVisitor()
    const person = aProviderUser()
    await social.travel(visitor, await visitor.open('/account/providers'), person)
    const answer = await visitor.submit(await visitor.open('/account/providers'))
    expect(locationOf(answer)).toBe('/account/providers?done=unlinked')
    expect(await social.externalAccountsOf(local.id)).toEqual([])
    const sessions = social.neighbours.session.sessions.filter(({ userId }) => userId === local.id)
    await eventually(() =>
      expect(sessions.map(({ endReason }) => endReason)).toEqual(['factors_changed', undefined]),
    )
    await eventually(() =>
      expect(social.neighbours.notification.messages).toContainEqual(
        expect.objectContaining({ template: 'provider_unlinked', recipient: local.email }),
      ),
    )
  })

  it('keeps the last way in, also where two are taken away at once', async () => {
    const person = aProviderUser()
    const first = await social.signIn(person)
    const { id } = first.body.user as { id: string }
    const bearer = String(first.body.access_token)
    const list = await social.call('GET', '/auth/external-accounts', { bearer })
    expect(list.body).toMatchObject({
      total: 1,
      external_accounts: [{ provider: 'acme', email: person.email }],
    })
    const [only] = await social.externalAccountsOf(id)
    const alone = await social.call('DELETE', `/auth/external-accounts/${only.id}`, { bearer })
    expect(alone).toMatchObject({ status: 409, body: { code: 'LAST_WAY_IN' } })

    const visitor = social.visitor()
    await social.signInBrowser(visitor, person)
    await social.travel(visitor, await visitor.open('/account/providers'), aProviderUser())
    const both = await social.externalAccountsOf(id)
    const answers = await Promise.all(
      both.map(account => social.call('DELETE', `/auth/external-accounts/${account.id}`, { bearer })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
  })

  it('proves who it is, where there is no password: by the account that is linked, and no other', async () => {
    const person = aProviderUser()
    const visitor = social.visitor()
    await social.signInBrowser(visitor, person)
    await longAgo()
    const confirm = '/account/confirm?next=%2Faccount%2Fproviders'
    const proveBy = async (whom: ProviderClaims) => {
      const page = await visitor.open(confirm)
      expect(page.text).toContain('Confirm with Acme')
      expect(page.text).not.toContain('type="password"')
      const href = /href="(\/account\/confirm\/provider[^"]*)"/.exec(page.text)?.[1] ?? ''
      const away = new URL(locationOf(await visitor.open(href.replaceAll('&amp;', '&'))))
      expect(away.searchParams.get('max_age')).toBe('0')
      return visitor.open(social.pathOf(social.acme.approve(away.href, whom)))
    }
    const refused = await proveBy(aProviderUser())
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('This is another account')])
    const link = () =>
      visitor.open('/account/providers').then(page => visitor.open(social.linkTo(page, 'acme')))
    expect(locationOf(await link())).toBe(confirm)
    expect(locationOf(await proveBy(person))).toBe('/account/providers')
    expect(locationOf(await link())).toContain(social.acme.origin)
  })

  it('knows no account of anybody else', async () => {
    const mine = await social.signIn(aProviderUser())
    const other = await social.signIn(aProviderUser())
    const [theirs] = await social.externalAccountsOf(Object(other.body.user).id)
    const path = `/auth/external-accounts/${theirs.id}`
    expect((await social.call('DELETE', path, { bearer: String(mine.body.access_token) })).status).toBe(404)
  })
})
