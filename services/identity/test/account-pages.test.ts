import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createClock, formOf, hiddenFieldsOf } from '@latchkey/testkit'
import { goodPassword, type IdentityUnderTest, otherPassword, startIdentity } from './identity-under-test.ts'
import { createVisitor, type Visitor } from './pages-visitor.ts'

const clock = createClock()
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now })
})
afterAll(() => identity.close())

const signIn = async (visitor: Visitor, email: string) =>
  visitor.submit(await visitor.open('/login'), { email, password: goodPassword })

/** Somebody who is signed in in a browser, and by a program elsewhere. */
const somebody = async (headers: Record<string, string> = {}) => {
  const user = await identity.register()
  const visitor = createVisitor(identity, headers)
  await signIn(visitor, user.email)
  return { ...user, visitor }
}

const sessionsOf = (id: string) => identity.neighbours.session.sessions.filter(({ userId }) => userId === id)
const endingsOf = (id: string) => sessionsOf(id).map(({ endReason }) => endReason)
const placeOf = (answer: { status: number; headers: Headers }) => [
  answer.status,
  answer.headers.get('location'),
]

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
    expect(placeOf(await createVisitor(identity).open(path))).toEqual([303, '/login'])
    const { visitor } = await somebody()
    const page = await visitor.open(path)
    expect(page.status).toBe(200)
    expect(page.text).toMatch(/<nav aria-label="Your account">/)
    expect(page.headers.get('cache-control')).toBe('no-store')
  })

  it.each(['/account/password', '/account/data', '/account/confirm'])(
    '%s tells a password manager whose password it asks for, and sends nothing of it',
    async path => {
      const { visitor, email } = await somebody()
      const { text } = await visitor.open(path)
      const form = /<form(?:(?!<form)[\s\S])*autocomplete="current-password"/.exec(text)?.[0]
      expect(form).toContain(`<input type="text" value="${email}" autocomplete="username" readonly hidden>`)
    },
  )

  it('CHECKLIST 10: take no form of another session, of another action, or without its proof', async () => {
    const first = await somebody()
    const page = await first.visitor.open('/account/sessions')
    expect((await first.visitor.send('POST', '/account', { name: 'Jo' })).status).toBe(403)
    const { csrf = '' } = hiddenFieldsOf(formOf((await first.visitor.open('/account')).text, '/account'))
    expect((await first.visitor.send('POST', '/account/sessions/end-others', { csrf })).status).toBe(403)
    // The same browser, in which somebody else has signed in since.
    const { email } = await identity.register()
    await first.visitor.submit(await first.visitor.open('/account'), {}, '/account/sign-out')
    await signIn(first.visitor, email)
    expect((await first.visitor.submit(page, {}, '/account/sessions/end-others')).status).toBe(403)
    expect(endingsOf(first.id)).toEqual([undefined, 'logout'])
  })

  it('change a name, and say what is wrong with one', async () => {
    const { visitor, bearer } = await somebody()
    const refused = await visitor.submit(await visitor.open('/account'), { name: ' ' })
    expect([refused.status, refused.text.includes('Enter your name.')]).toEqual([400, true])
    const saved = await visitor.submit(refused, { name: 'Jo <b>Smith' })
    expect(placeOf(saved)).toEqual([303, '/account?done=saved'])
    expect((await visitor.open('/account?done=saved')).text).toContain('value="Jo &lt;b&gt;Smith"')
    expect((await identity.call('GET', '/auth/me', { bearer })).body.name).toBe('Jo <b>Smith')
  })
})

describe('/account/password', () => {
  const change = async (visitor: Visitor, current_password: string, new_password: string) =>
    visitor.submit(await visitor.open('/account/password'), { current_password, new_password })

  it('changes it for who knows the present one; the session stays, the others end', async () => {
    const { visitor, id, email } = await somebody()
    expect(placeOf(await change(visitor, goodPassword, otherPassword))).toEqual([
      303,
      '/account/password?done=changed',
    ])
    expect(endingsOf(id)).toEqual(['password_changed', undefined])
    expect((await identity.login(email, otherPassword)).status).toBe(200)
  })

  it('says what is wrong, counts wrong guesses, and locks as a sign-in does', async () => {
    const { visitor } = await somebody()
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
    const { visitor, id } = await somebody()
    await identity.database.pool.query('DELETE FROM password_credentials WHERE user_id = $1', [id])
    const page = await visitor.open('/account/password')
    expect(page.text).toContain('href="/forgot-password"')
    expect(page.text).not.toContain('current_password')
  })
})

describe('/account/sessions', () => {
  it('lists where one is signed in, and ends one of them', async () => {
    const { visitor, id } = await somebody({ 'accept-language': 'fr' })
    const page = await visitor.open('/account/sessions')
    expect(page.text).toContain('ce navigateur')
    const [elsewhere, here] = sessionsOf(id)
    const session_id = elsewhere?.id ?? ''
    expect(page.text).toContain(session_id)
    const ended = await visitor.submit(page, { session_id }, '/account/sessions/end')
    expect(placeOf(ended)).toEqual([303, '/account/sessions?done=ended'])
    expect([elsewhere?.endReason, here?.endReason]).toEqual(['ended_by_user', undefined])
  })

  it('ends all the others', async () => {
    const { visitor, id, email } = await somebody()
    await identity.login(email, goodPassword)
    await visitor.submit(await visitor.open('/account/sessions'), {}, '/account/sessions/end-others')
    expect(endingsOf(id)).toEqual(['ended_by_user', undefined, 'ended_by_user'])
    expect((await visitor.open('/account/sessions')).text).not.toContain('/account/sessions/end')
  })

  it('does not end the session of somebody else', async () => {
    const [{ visitor }, other] = [await somebody(), await somebody()]
    const mine = await visitor.open('/account/sessions')
    for (const session_id of [sessionsOf(other.id)[0]?.id ?? '', "' OR 1=1"])
      expect((await visitor.submit(mine, { session_id }, '/account/sessions/end')).status).toBe(303)
    expect(endingsOf(other.id)).toEqual([undefined, undefined])
  })
})

describe('/account/apps', () => {
  it('shows what can act for one, and disconnects one of them', async () => {
    const { visitor, id } = await somebody()
    const { apps } = identity.neighbours.token
    apps.push({ userId: id, clientId: 'shop' }, { userId: id, clientId: 'blog' })
    const page = await visitor.open('/account/apps')
    expect(page.text).toContain('The shop')
    expect(page.text).toContain('See your email address')
    const answer = await visitor.submit(page, { client_id: 'shop' }, '/account/apps/disconnect')
    expect(placeOf(answer)).toEqual([303, '/account/apps?done=disconnected'])
    expect(apps.filter(({ userId }) => userId === id)).toEqual([{ userId: id, clientId: 'blog' }])
  })
})

describe('Front-Channel Logout 1.0 §3: the end of the browser’s own session', () => {
  const isListenedTo = async () => {
    const person = await somebody()
    identity.neighbours.token.listening.add(sessionsOf(person.id).at(-1)?.id ?? '')
    const browser = person.visitor.cookies.get('__Host-latchkey_browser')
    return { ...person, signedOut: [303, `/oauth/logout?of=${browser}`] }
  }

  it('goes on to the page that tells applications in this browser', async () => {
    const { visitor, id, signedOut } = await isListenedTo()
    const answer = await visitor.submit(await visitor.open('/account'), {}, '/account/sign-out')
    expect(placeOf(answer)).toEqual(signedOut)
    expect(endingsOf(id)).toEqual([undefined, 'logout'])
    expect(placeOf(await visitor.open('/account'))).toEqual([303, '/login'])
  })

  it('does so where the account is deleted, once it is', async () => {
    const { visitor, id, signedOut } = await isListenedTo()
    const remove = async (password: string) =>
      visitor.submit(await visitor.open('/account/data'), { password }, '/account/data/delete')
    expect((await remove('Wrong-Guess-1!')).status).toBe(400)
    expect(placeOf(await remove(goodPassword))).toEqual(signedOut)
    expect(endingsOf(id)).toEqual(['account_deleted', 'account_deleted'])
  })

  it('does not wait for it: where the page can’t be found, the session ends all the same', async () => {
    const { visitor, id } = await isListenedTo()
    const page = await visitor.open('/account')
    identity.neighbours.token.failing.add('getSignedOutPage')
    const answer = await visitor.submit(page, {}, '/account/sign-out')
    identity.neighbours.token.failing.clear()
    expect(placeOf(answer)).toEqual([303, '/login'])
    expect(endingsOf(id)).toEqual([undefined, 'logout'])
  })
})

describe('/account/data', () => {
  it('gives everything that is kept, and no secret', async () => {
    const { visitor, id, email, bearer } = await somebody()
    const file = await visitor.submit(await visitor.open('/account/data'), {}, '/account/data/download')
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="account-data.json"')
    expect(file.body).toMatchObject({ user: { id, email }, connected_apps: [], devices: [{}, {}] })
    expect((file.body.sessions as object[]).length).toBe(2)
    expect(file.text).not.toMatch(/argon2|hash/i)
    const byApi = await identity.call('GET', '/auth/me/export', { bearer })
    expect(byApi.body).toMatchObject({ user: { id, email } })
  })

  it('tells of sessions that are under review, and how those that are no more have ended', async () => {
    const { id, bearer } = await somebody()
    const [ended, flagged] = sessionsOf(id)
    if (ended === undefined || flagged === undefined) throw new Error('two sessions are expected')
    ended.endReason = 'unconfirmed'
    const flaggedAt = new Date('2026-11-27T10:00:00.000Z')
    flagged.review = { reason: 'unknown_address', flaggedAt, until: new Date('2026-11-27T10:05:00.000Z') }
    const { body } = await identity.call('GET', '/auth/me/export', { bearer })
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
    const { id, bearer } = await somebody()
    const [kept] = sessionsOf(id)
    if (kept === undefined) throw new Error('a session is expected')
    const many = Array.from({ length: 1_100 }, (_, index) => ({
      ...kept,
      id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      endReason: 'logout' as const,
    }))
    identity.neighbours.session.sessions.push(...many)
    const { body } = await identity.call('GET', '/auth/me/export', { bearer })
    const told = (body.ended_sessions as { id: string }[]).map(each => each.id)
    expect(told).toEqual(many.map(each => each.id).toReversed())
  })

  it('tells of every address that the user is known at, and of nobody else’s', async () => {
    const [{ id, bearer }, other] = [await somebody(), await somebody()]
    const { addresses } = identity.neighbours.session
    addresses.push({ userId: other.id, address: '192.0.2.1' })
    addresses.push({ userId: id, address: '192.0.2.2', provenAt: new Date('2026-11-27T10:00:00.000Z') })
    const seen = Array.from(
      { length: 1_100 },
      (_, index) => `2001:db8::${index.toString(16).padStart(4, '0')}`,
    )
    addresses.push(...seen.toReversed().map(address => ({ userId: id, address })))
    const { body } = await identity.call('GET', '/auth/me/export', { bearer })
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
    const { visitor, id } = await somebody()
    const page = await visitor.open('/account/data')
    clock.advance(600_000)
    const asked = await visitor.submit(page, {}, '/account/data/download')
    expect(placeOf(asked)).toEqual([303, '/account/confirm?next=%2Faccount%2Fdata'])
    const session = sessionsOf(id).at(-1)?.id
    const bearer = await identity.neighbours.token.sign({ sub: id, sid: session })
    const refused = await identity.call('GET', '/auth/me/export', { bearer })
    expect([refused.status, refused.body.code]).toEqual([403, 'REAUTHENTICATION_REQUIRED'])

    const confirm = await visitor.open('/account/confirm?next=%2Faccount%2Fdata')
    expect(placeOf(await visitor.submit(confirm, { password: goodPassword }))).toEqual([303, '/account/data'])
    expect((await visitor.submit(page, {}, '/account/data/download')).status).toBe(200)
    expect((await identity.call('GET', '/auth/me/export', { bearer })).status).toBe(200)
  })

  it('deletes the account of who knows its password', async () => {
    const { visitor, email, id } = await somebody()
    const remove = async (password: string) =>
      visitor.submit(await visitor.open('/account/data'), { password }, '/account/data/delete')
    expect((await remove('')).status).toBe(400)
    expect((await remove('Wrong-Guess-1!')).text).toContain('This is not your password.')
    expect(endingsOf(id)).toEqual([undefined, undefined])
    expect(placeOf(await remove(goodPassword))).toEqual([303, '/login'])
    expect((await identity.login(email, goodPassword)).status).toBe(401)
    expect(endingsOf(id)).toEqual(['account_deleted', 'account_deleted'])
  })
})

describe('/account/confirm', () => {
  it('asks who it is, and leads on to a page of ours, whatever the URL says', async () => {
    const { visitor } = await somebody()
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
