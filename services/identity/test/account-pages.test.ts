import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { formOf, hiddenFieldsOf } from '@latchkey/testkit'
import { type Accounts, placeOf, startAccounts } from './accounts-under-test.ts'
import { goodPassword, otherPassword } from './identity-under-test.ts'
import { createVisitor, type Visitor } from './pages-visitor.ts'

let accounts: Accounts
beforeAll(async () => {
  accounts = await startAccounts()
})
afterAll(() => accounts.close())

describe('the account pages', () => {
  it.each([
    '/account',
    '/account/password',
    '/account/sessions',
    '/account/apps',
    '/account/organizations',
    '/account/data',
    '/account/confirm',
  ])('%s is for who is signed in, in a list of sections', async path => {
    expect(placeOf(await createVisitor(accounts.identity).open(path))).toEqual([303, '/login'])
    const { visitor } = await accounts.somebody()
    const page = await visitor.open(path)
    expect(page.status).toBe(200)
    expect(page.text).toMatch(/<nav aria-label="Your account">/)
    expect(page.headers.get('cache-control')).toBe('no-store')
  })

  it.each(['/account/password', '/account/data', '/account/confirm'])(
    '%s tells a password manager whose password it asks for, and sends nothing of it',
    async path => {
      const { visitor, email } = await accounts.somebody()
      const { text } = await visitor.open(path)
      const form = /<form(?:(?!<form)[\s\S])*autocomplete="current-password"/.exec(text)?.[0]
      expect(form).toContain(`<input type="text" value="${email}" autocomplete="username" readonly hidden>`)
    },
  )

  it('CHECKLIST 10: take no form of another session, of another action, or without its proof', async () => {
    const first = await accounts.somebody()
    const page = await first.visitor.open('/account/sessions')
    expect((await first.visitor.send('POST', '/account', { name: 'Jo' })).status).toBe(403)
    const { csrf = '' } = hiddenFieldsOf(formOf((await first.visitor.open('/account')).text, '/account'))
    expect((await first.visitor.send('POST', '/account/sessions/end-others', { csrf })).status).toBe(403)
    // The same browser, in which somebody else has signed in since.
    const { email } = await accounts.identity.register()
    await first.visitor.submit(await first.visitor.open('/account'), {}, '/account/sign-out')
    await accounts.signIn(first.visitor, email)
    expect((await first.visitor.submit(page, {}, '/account/sessions/end-others')).status).toBe(403)
    expect(accounts.endingsOf(first.id)).toEqual([undefined, 'logout'])
  })

  it('change a name, and say what is wrong with one', async () => {
    const { visitor, bearer } = await accounts.somebody()
    const refused = await visitor.submit(await visitor.open('/account'), { name: ' ' })
    expect([refused.status, refused.text.includes('Enter your name.')]).toEqual([400, true])
    const saved = await visitor.submit(refused, { name: 'Jo <b>Smith' })
    expect(placeOf(saved)).toEqual([303, '/account?done=saved'])
    expect((await visitor.open('/account?done=saved')).text).toContain('value="Jo &lt;b&gt;Smith"')
    expect((await accounts.identity.call('GET', '/auth/me', { bearer })).body.name).toBe('Jo <b>Smith')
  })
})

describe('/account/password', () => {
  const change = async (visitor: Visitor, current_password: string, new_password: string) =>
    visitor.submit(await visitor.open('/account/password'), { current_password, new_password })

  it('changes it for who knows the present one; the session stays, the others end', async () => {
    const { visitor, id, email } = await accounts.somebody()
    expect(placeOf(await change(visitor, goodPassword, otherPassword))).toEqual([
      303,
      '/account/password?done=changed',
    ])
    expect(accounts.endingsOf(id)).toEqual(['password_changed', undefined])
    expect((await accounts.identity.login(email, otherPassword)).status).toBe(200)
  })

  it('says what is wrong, counts wrong guesses, and locks as a sign-in does', async () => {
    const { visitor } = await accounts.somebody()
    const weak = await change(visitor, goodPassword, 'password')
    expect([weak.status, weak.text.includes('It must contain a digit.')]).toEqual([400, true])
    expect((await change(visitor, '', otherPassword)).text).toContain('Enter your password.')
    for (let guess = 0; guess < 5; guess += 1) {
      const wrong = await change(visitor, `Wrong-Guess-${guess}!`, otherPassword)
      expect([wrong.status, wrong.text.includes('not your present password')]).toEqual([400, true])
    }
    const locked = await change(visitor, goodPassword, otherPassword)
    expect([locked.status, locked.headers.get('retry-after')]).toEqual([429, '1800'])
  })

  it('offers a link to who has no password', async () => {
    const { visitor, id } = await accounts.somebody()
    await accounts.identity.database.pool.query('DELETE FROM password_credentials WHERE user_id = $1', [id])
    const page = await visitor.open('/account/password')
    expect(page.text).toContain('href="/forgot-password"')
    expect(page.text).not.toContain('current_password')
  })
})

describe('/account/sessions', () => {
  it('lists where one is signed in, and ends one of them', async () => {
    const { visitor, id } = await accounts.somebody({ 'accept-language': 'fr' })
    const page = await visitor.open('/account/sessions')
    expect(page.text).toContain('ce navigateur')
    const [elsewhere, here] = accounts.sessionsOf(id)
    const session_id = elsewhere?.id ?? ''
    expect(page.text).toContain(session_id)
    const ended = await visitor.submit(page, { session_id }, '/account/sessions/end')
    expect(placeOf(ended)).toEqual([303, '/account/sessions?done=ended'])
    expect([elsewhere?.endReason, here?.endReason]).toEqual(['ended_by_user', undefined])
  })

  it('ends all the others', async () => {
    const { visitor, id, email } = await accounts.somebody()
    await accounts.identity.login(email, goodPassword)
    await visitor.submit(await visitor.open('/account/sessions'), {}, '/account/sessions/end-others')
    expect(accounts.endingsOf(id)).toEqual(['ended_by_user', undefined, 'ended_by_user'])
    expect((await visitor.open('/account/sessions')).text).not.toContain('/account/sessions/end')
  })

  it('does not end the session of somebody else', async () => {
    const [{ visitor }, other] = [await accounts.somebody(), await accounts.somebody()]
    const mine = await visitor.open('/account/sessions')
    for (const session_id of [accounts.sessionsOf(other.id)[0]?.id ?? '', "' OR 1=1"])
      expect((await visitor.submit(mine, { session_id }, '/account/sessions/end')).status).toBe(303)
    expect(accounts.endingsOf(other.id)).toEqual([undefined, undefined])
  })
})

describe('/account/apps', () => {
  it('shows what can act for one, and disconnects one of them', async () => {
    const { visitor, id } = await accounts.somebody()
    const { apps } = accounts.identity.neighbours.token
    apps.push({ userId: id, clientId: 'shop' }, { userId: id, clientId: 'blog' })
    const page = await visitor.open('/account/apps')
    expect(page.text).toContain('The shop')
    expect(page.text).toContain('See your email address')
    const answer = await visitor.submit(page, { client_id: 'shop' }, '/account/apps/disconnect')
    expect(placeOf(answer)).toEqual([303, '/account/apps?done=disconnected'])
    expect(apps.filter(({ userId }) => userId === id)).toEqual([{ userId: id, clientId: 'blog' }])
  })
})

describe('/account/confirm', () => {
  it('asks who it is, and leads on to a page of ours, whatever the URL says', async () => {
    const { visitor } = await accounts.somebody()
    const confirm = async (next: string, password = goodPassword) =>
      visitor.submit(await visitor.open(`/account/confirm?next=${encodeURIComponent(next)}`), { password })
    expect(placeOf(await confirm('/account/password'))).toEqual([303, '/account/password'])
    for (const elsewhere of [
      'https://evil.example',
      '//evil.example',
      '/account/../login',
      '/account/nowhere',
    ])
      expect(placeOf(await confirm(elsewhere))).toEqual([303, '/account'])
    const wrong = await confirm('/account', 'Wrong-Guess-1!')
    expect([wrong.status, wrong.text.includes('This is not your password.')]).toEqual([400, true])
  })
})
