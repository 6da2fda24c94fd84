/** Passkeys on the pages, driven as their script drives them. The script itself runs in packages/e2e/test/passkeys.test.ts. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createClock, formOf, hiddenFieldsOf } from '@latchkey/testkit'
import { createSoftwareAuthenticator } from '@latchkey/testkit/passkeys'
import { aFlow } from './a-flow.ts'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { publicUrl } from './neighbours.ts'
import { createVisitor, type Visitor } from './pages-visitor.ts'
import { aPageHolder, placeOf, signInWith, usePasskey } from './passkey-page-visitor.ts'

const clock = createClock(new Date())
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now })
})
afterAll(() => identity.close())

describe('the script of the pages', () => {
  it('is kept for good at an address that has its hash', async () => {
    const { text } = await createVisitor(identity).open('/login')
    const [, path = ''] = /<script type="module" src="([^"]+)"/.exec(text) ?? []
    const script = await identity.call('GET', path)
    expect(script.status).toBe(200)
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const etag = script.headers.get('etag') ?? ''
    expect(
      (await identity.call('GET', path, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } }))
        .status,
    ).toBe(304)
  })

  it('comes from a replica of another release, too, which nobody keeps', async () => {
    const script = await identity.call('GET', '/assets/passkeys.AAAAAAAAAAAAAAAA.js')
    expect([script.status, script.headers.get('cache-control')]).toEqual([200, 'no-cache'])
    for (const path of [
      '/assets/other.js',
      '/assets/passkeys.js.map',
      '/assets/passkeys',
      '/assets/..%2f..%2fmain.ts',
    ])
      expect((await identity.call('GET', path)).status).toBe(404)
  })
})

describe('/login with a passkey', () => {
  it('lets its owner in, without an address or a password, and gives the browser a cookie', async () => {
    const { authenticator, id } = await aPageHolder(identity)
    const visitor = createVisitor(identity)
    expect(placeOf(await signInWith(visitor, authenticator))).toEqual([303, '/account'])
    expect((await visitor.open('/account')).status).toBe(200)
    expect(identity.neighbours.token.browserSessions.at(-1)).toMatchObject({
      subject: { userId: id },
      authenticationMethods: ['hwk', 'user', 'mfa'],
    })
  })

  it('remembers the browser where it is asked to', async () => {
    const { authenticator } = await aPageHolder(identity, { isSynced: true })
    await signInWith(createVisitor(identity), authenticator, { fields: { remember_me: 'true' } })
    expect(identity.neighbours.session.sessions.at(-1)?.rememberMe).toBe(true)
  })

  it('goes on with the request of the application that waits', async () => {
    const { authenticator } = await aPageHolder(identity)
    const visitor = createVisitor(identity)
    const flow = await aFlow(identity, visitor)
    const answer = await signInWith(visitor, authenticator, { path: `/login?flow=${flow}` })
    expect(placeOf(answer)).toEqual([303, `/oauth/resume?flow=${flow}`])
  })

  it('says no more than that a passkey was not accepted, and to its browser that it is none', async () => {
    const stranger = createSoftwareAuthenticator({ origin: publicUrl })
    const answer = await signInWith(createVisitor(identity), stranger)
    expect(answer.status).toBe(401)
    expect(answer.text).toContain('This passkey was not accepted')
    expect(answer.text).toContain(
      `data-signal-unknown="{&quot;rpId&quot;:&quot;auth.example.test&quot;,&quot;credentialId&quot;:&quot;${stranger.credentialId}&quot;}"`,
    )
    const { authenticator } = await aPageHolder(identity)
    const refused = await signInWith(createVisitor(identity), authenticator, { lies: { flags: 1 } })
    expect([refused.status, refused.text.includes('data-signal-unknown')]).toEqual([401, false])
  })

  it('says that an account is disabled', async () => {
    const { authenticator, id } = await aPageHolder(identity)
    await identity.database.pool.query('UPDATE users SET disabled_at = now() WHERE id = $1', [id])
    const answer = await signInWith(createVisitor(identity), authenticator)
    expect([answer.status, answer.text.includes('Account is disabled')]).toEqual([403, true])
  })

  it.each(['nonsense', '{}', '[]', '{"id":"x","type":"public-key","response":{}}'])(
    'refuses a credential that is %j',
    async credential => {
      const visitor = createVisitor(identity)
      const answer = await visitor.submit(await visitor.open('/login'), { credential }, '/login/passkey')
      expect(answer.status).toBe(401)
    },
  )

  it('CHECKLIST 10, 11: takes no form of another site, and no answer to the question of another browser', async () => {
    const { authenticator } = await aPageHolder(identity, { isSynced: true })
    const [mine, theirs] = [createVisitor(identity), createVisitor(identity)]
    expect((await mine.send('POST', '/login/passkey', { credential: '' })).status).toBe(403)
    const page = await mine.open('/login')
    const asked = await theirs.submit(await theirs.open('/login'), {}, '/login/passkey')
    const answerOf = (options: unknown) =>
      JSON.stringify(authenticator.get(options as Parameters<typeof authenticator.get>[0]))
    const credential = answerOf(asked.body)
    expect((await mine.submit(page, { credential }, '/login/passkey')).status).toBe(401)
    const api = await identity.call('POST', '/auth/passkeys/options', { body: {} })
    expect((await mine.submit(page, { credential: answerOf(api.body) }, '/login/passkey')).status).toBe(401)
    const own = await mine.submit(page, {}, '/login/passkey')
    const body = { credential: JSON.parse(answerOf(own.body)) }
    expect((await identity.call('POST', '/auth/passkeys/sign-in', { body })).status).toBe(401)
  })
})

describe('/account/passkeys', () => {
  it('shows what there is, by name, and adds, renames and removes', async () => {
    const { visitor, email } = await aPageHolder(identity, {}, 'Blue <key>')
    const page = await visitor.open('/account/passkeys?done=added')
    expect(page.text).toContain('<strong>Blue &lt;key&gt;</strong>')
    expect(page.text).toContain('Your passkey has been added.')
    expect(page.text).toContain('On one device only')
    const renamed = await visitor.submit(page, { name: 'Phone' }, '/account/passkeys/rename')
    expect(placeOf(renamed)).toEqual([303, '/account/passkeys?done=renamed'])
    const again = await visitor.open('/account/passkeys')
    expect(again.text).toContain('<strong>Phone</strong>')
    expect((await visitor.submit(again, { name: ' ' }, '/account/passkeys/rename')).status).toBe(400)
    const removed = await visitor.submit(again, {}, '/account/passkeys/remove')
    expect(placeOf(removed)).toEqual([303, '/account/passkeys?done=removed'])
    expect((await visitor.open('/account/passkeys')).text).not.toContain('Phone')
    await identity.mailTo(email, 'passkey_removed')
  })

  it('calls one without a name a passkey, in the language of the page', async () => {
    const user = await identity.register()
    const visitor = createVisitor(identity, { 'accept-language': 'fr' })
    await visitor.submit(await visitor.open('/login'), { email: user.email, password: goodPassword })
    const authenticator = createSoftwareAuthenticator({ origin: publicUrl })
    await usePasskey(visitor, await visitor.open('/account/passkeys'), '/account/passkeys', authenticator)
    expect((await visitor.open('/account/passkeys')).text).toContain('<strong>Clé d’accès</strong>')
  })

  it('refuses one that is not good, and one that is there already', async () => {
    const { visitor, authenticator } = await aPageHolder(identity)
    const page = await visitor.open('/account/passkeys')
    const lies = { clientData: { origin: 'https://evil.example' } }
    const bad = createSoftwareAuthenticator({ origin: publicUrl })
    expect((await usePasskey(visitor, page, '/account/passkeys', bad, { lies })).status).toBe(400)
    expect((await usePasskey(visitor, page, '/account/passkeys', authenticator)).status).toBe(409)
    expect((await visitor.submit(page, { credential: '{' }, '/account/passkeys')).status).toBe(400)
  })

  it('ASVS 7.5.1: asks who it is before a change, and takes a passkey for it', async () => {
    const { visitor, authenticator } = await aPageHolder(identity)
    clock.advance(600_000)
    const page = await visitor.open('/account/passkeys')
    const confirm = '/account/confirm?next=%2Faccount%2Fpasskeys'
    for (const action of [
      '/account/passkeys',
      '/account/passkeys/remove',
      '/account/passkeys/remove-password',
    ])
      expect(placeOf(await visitor.submit(page, {}, action))).toEqual([303, confirm])
    const question = await visitor.open(confirm)
    const bad = await usePasskey(visitor, question, '/account/confirm/passkey', authenticator, {
      lies: { flags: 1 },
    })
    expect([bad.status, bad.text.includes('This passkey was not accepted')]).toEqual([400, true])
    const good = await usePasskey(visitor, question, '/account/confirm/passkey', authenticator)
    expect(placeOf(good)).toEqual([303, '/account/passkeys'])
    expect(placeOf(await visitor.submit(page, {}, '/account/passkeys/remove'))[1]).toContain('done=removed')
  })
})

describe('/mfa with a passkey', () => {
  const begin = async (visitor: Visitor, email: string) => {
    const answer = await visitor.submit(await visitor.open('/login'), { email, password: goodPassword })
    const [status, place] = placeOf(answer)
    expect(status).toBe(303)
    expect(place).toMatch(/^\/mfa\?challenge=/)
    return visitor.open(String(place))
  }

  it('completes the sign-in, and asks for no code of an app that there is not', async () => {
    const { authenticator, email } = await aPageHolder(identity)
    const visitor = createVisitor(identity)
    const page = await begin(visitor, email)
    expect(page.text).toContain('<h1>One more step</h1>')
    expect(page.text).not.toContain('authenticator app')
    const answer = await usePasskey(visitor, page, '/mfa/passkey', authenticator)
    expect(placeOf(answer)).toEqual([303, '/account'])
    expect(identity.neighbours.token.browserSessions.at(-1)).toMatchObject({
      authenticationMethods: ['pwd', 'hwk', 'user', 'mfa'],
    })
  })

  it('says that a passkey was not accepted, and takes a good one then', async () => {
    const { authenticator, email } = await aPageHolder(identity)
    const visitor = createVisitor(identity)
    const page = await begin(visitor, email)
    const lies = { clientData: { origin: 'https://evil.example' } }
    const refused = await usePasskey(visitor, page, '/mfa/passkey', authenticator, { lies })
    const again = await visitor.open(String(placeOf(refused)[1]))
    expect([again.status, again.text.includes('This passkey was not accepted')]).toEqual([401, true])
    expect(placeOf(await usePasskey(visitor, again, '/mfa/passkey', authenticator))[1]).toBe('/account')
  })

  it('CHECKLIST 11: is of the browser that began it', async () => {
    const { authenticator, email } = await aPageHolder(identity)
    const mine = await begin(createVisitor(identity), email)
    const other = createVisitor(identity)
    await other.open('/login')
    const { challenge = '' } = hiddenFieldsOf(formOf(mine.text, '/mfa/passkey'))
    expect((await other.send('POST', '/mfa/passkey', { challenge, csrf: 'x' })).status).toBe(403)
    const page = await begin(other, email)
    const answer = await usePasskey(other, page, '/mfa/passkey', authenticator, { fields: { challenge } })
    expect(placeOf(answer)).toEqual([303, '/login'])
  })
})

describe('what password managers look for', () => {
  it('leads to the passkeys and to another password', async () => {
    const endpoints = await identity.call('GET', '/.well-known/passkey-endpoints')
    const passkeys = `${publicUrl}/account/passkeys`
    expect(endpoints.body).toEqual({ enroll: passkeys, manage: passkeys })
    const password = await identity.call('GET', '/.well-known/change-password')
    expect(placeOf(password)).toEqual([303, '/account/password'])
  })
})

describe('what the pages say without JavaScript', () => {
  it('is no offer of what can’t be done', async () => {
    const { visitor } = await aPageHolder(identity)
    const page = await visitor.open('/account/passkeys')
    for (const text of [page.text, (await createVisitor(identity).open('/login')).text])
      for (const [form] of text.matchAll(/<form[^>]*>/g))
        if (form.includes('data-passkey')) expect(form).toContain(' hidden ')
    expect(page.text).toContain('<p data-without-passkeys>Adding one needs JavaScript')
    expect(hiddenFieldsOf(formOf(page.text, '/account/passkeys'))).toMatchObject({ credential: '' })
  })
})
