/** Sign-in with providers, as people meet it: buttons, what comes back, the page that asks for an address. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import type { ProviderClaims } from '@latchkey/testkit/providers'
import { aFlow } from './a-flow.ts'
import type { Answer } from './identity-under-test.ts'
import type { Visitor } from './pages-visitor.ts'
import { aProviderUser, type SocialUnderTest, startSocial } from './social-under-test.ts'

let social: SocialUnderTest
beforeAll(async () => {
  social = await startSocial()
})
afterAll(() => social.closeAll())

const locationOf = ({ headers }: Answer): string => headers.get('location') ?? ''

const idOf = async (email: unknown): Promise<string> => {
  const { rows } = await social.database.pool.query('SELECT id FROM users WHERE email_key = $1', [email])
  return rows[0]?.id
}

/** What the worker would put into the latest mail to this address. */
const tokenOfMailTo = async (email: string): Promise<string> => {
  const message = await eventually(() => {
    const found = social.neighbours.notification.messages.findLast(
      ({ recipient, template }) => recipient === email && template === 'address_confirmation',
    )
    if (found === undefined) throw new Error(`no mail to ${email}`)
    return found
  })
  return (await social.unseal(message.sealedData)).token ?? ''
}

describe('the pages /login and /register', () => {
  it.each(['/login', '/register'])('%s offers each provider, by a link', async path => {
    const { text } = await social.visitor().open(path)
    for (const label of ['Continue with Acme', 'Continue with GitHub']) expect(text).toContain(label)
  })

  it('sign somebody in, and remember the device', async () => {
    const visitor = social.visitor()
    const answer = await social.signInBrowser(visitor, aProviderUser())
    expect([answer.status, locationOf(answer)]).toEqual([303, '/account'])
    expect([...visitor.cookies.keys()]).toContain('__Host-latchkey_session')
    expect((await visitor.open('/account')).status).toBe(200)
  })

  it('are counted as sign-ins, and what a provider refuses against no network', async () => {
    const signedIn = async () => {
      const text = await (await fetch(`http://127.0.0.1:${social.ports.management}/metrics`)).text()
      return Number(
        /^identity_sign_ins_total\{way="provider",outcome="signed_in"[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0,
      )
    }
    const before = await signedIn()
    await social.signInBrowser(social.visitor(), aProviderUser())
    expect(await signedIn()).toBe(before + 1)

    const visitor = social.visitor()
    const away = await visitor.open(social.linkTo(await visitor.open('/login'), 'acme'))
    const { searchParams } = new URL(locationOf(away))
    const denied = new URLSearchParams({ error: 'access_denied', state: searchParams.get('state') ?? '' })
    const answer = await visitor.open(`/auth/oauth/acme/callback?${denied}`)
    expect(answer.text).toContain('Back to sign-in')
    await social.login('nobody@example.com', 'a guess')
    const count = () => social.redis.get('failed_from:address:203.0.113.7')
    await eventually(async () => expect(await count()).toBe('1'))
  })

  it('lead on to the request of the application that waits', async () => {
    const visitor = social.visitor()
    const handle = await aFlow(social, visitor)
    const answer = await social.travel(visitor, await visitor.open(`/login?flow=${handle}`), aProviderUser())
    expect(locationOf(answer)).toBe(`/oauth/resume?flow=${handle}`)
  })

  it('keep who proves once more who they are remembered', async () => {
    const person = aProviderUser()
    const visitor = social.visitor()
    await social.signInBrowser(visitor, person)
    const proveOnceMore = async (claims: ProviderClaims) =>
      social.travel(visitor, await visitor.open(`/login?flow=${await aFlow(social, visitor)}`), claims)
    for (const isRemembered of [false, true]) {
      const kept = social.neighbours.session.sessions.at(-1)
      if (kept === undefined) throw new Error('no session')
      Object.assign(kept, { rememberMe: isRemembered })
      await proveOnceMore(person)
      const renewed = social.neighbours.session.sessions.at(-1)
      expect(renewed?.id).not.toBe(kept.id)
      expect(renewed?.rememberMe).toBe(isRemembered)
    }
    await proveOnceMore(aProviderUser())
    expect(social.neighbours.session.sessions.at(-1)?.rememberMe).toBe(false)
  })

  it('send nobody away who comes from another site, or without the proof of the page', async () => {
    const visitor = social.visitor()
    const link = social.linkTo(await visitor.open('/login'), 'acme')
    for (const refused of [
      await social.visitor().open(link),
      await visitor.open(link.replace(/csrf=[^&]*/, 'csrf=forged')),
      await visitor.open(link.replace('/acme', '/github')),
    ])
      expect(refused.status).toBe(403)
  })

  it.each([
    ['de', 'Weiter mit Acme'],
    ['fr', 'Continuer avec Acme'],
  ])('speak %s', async (language, words) => {
    const { text } = await social.call('GET', '/login', { headers: { 'accept-language': language } })
    expect(text).toContain(words)
  })
})

describe('a browser that comes back', () => {
  it('is told in a page that the journey is over', async () => {
    const visitor = social.visitor()
    const away = await visitor.open(social.linkTo(await visitor.open('/login'), 'acme'))
    const back = social.pathOf(social.acme.approve(locationOf(away), aProviderUser()))
    await visitor.open(back)
    const again = await visitor.open(back)
    expect([again.status, again.text]).toEqual([400, expect.stringContaining('does not work any more')])
  })

  it('is told in a page that it was cancelled, and how to go on', async () => {
    const visitor = social.visitor()
    const away = new URL(locationOf(await visitor.open(social.linkTo(await visitor.open('/login'), 'acme'))))
    const query = new URLSearchParams({
      error: 'access_denied',
      state: away.searchParams.get('state') ?? '',
      iss: social.acme.origin,
    })
    const page = await visitor.open(`/auth/oauth/acme/callback?${query}`)
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('was cancelled')])
    expect(page.text).toContain('href="/login"')
  })

  it('is told in a page that the provider is away', async () => {
    const visitor = social.visitor()
    const away = await visitor.open(social.linkTo(await visitor.open('/login'), 'acme'))
    const back = social.acme.approve(locationOf(away), aProviderUser())
    social.acme.failNext('/token', ...Array.from({ length: 4 }, () => ({ status: 503 })))
    const page = await visitor.open(social.pathOf(back))
    expect([page.status, page.headers.get('content-type')]).toEqual([
      503,
      expect.stringContaining('text/html'),
    ])
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('is told to sign in first where an unverified account has the address', async () => {
    const local = await social.register()
    const page = await social.signInBrowser(social.visitor(), aProviderUser({ email: local.email }))
    expect([page.status, page.text]).toEqual([
      409,
      expect.stringContaining('There is an account with this address'),
    ])
  })

  it('that was posted here (Apple) is sent on to ourselves, where its cookie comes along; the name is kept', async () => {
    const visitor = social.visitor()
    const away = await visitor.open(social.linkTo(await visitor.open('/login'), 'acme'))
    const person = aProviderUser({ name: undefined })
    const back = social.acme.approve(locationOf(away), person)
    const posted = Object.fromEntries(back.searchParams)
    const user = JSON.stringify({ name: { firstName: 'Grace', lastName: 'Hopper' } })
    // From another site, no cookie comes with a POST.
    const sent = await social.call('POST', back.pathname, {
      raw: new URLSearchParams({ ...posted, user }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
    })
    expect([sent.status, locationOf(sent)]).toEqual([303, expect.not.stringContaining('Grace')])
    expect(locationOf(await visitor.open(locationOf(sent)))).toBe('/account')
    expect((await visitor.open('/account')).text).toContain('Grace Hopper')
  })
})

describe('/complete-sign-up', () => {
  const withoutAddress = () => aProviderUser({ email: undefined, email_verified: undefined })

  const arrive = async (visitor: Visitor, person: ProviderClaims) => {
    const answer = await social.signInBrowser(visitor, person)
    expect([answer.status, locationOf(answer)]).toEqual([
      303,
      expect.stringContaining('/complete-sign-up?ticket='),
    ])
    return visitor.open(locationOf(answer))
  }

  it('asks for an address, proves it by a mail, and signs in', async () => {
    const visitor = social.visitor()
    const email = `asked-${createUuid()}@example.com`
    const person = withoutAddress()
    const form = await arrive(visitor, person)
    const sent = await visitor.submit(form, { email })
    expect([sent.status, locationOf(sent)]).toEqual([303, expect.stringContaining('sent=1')])
    expect((await visitor.open(locationOf(sent))).text).toContain('Look into your mailbox')
    const link = `/complete-sign-up?token=${await tokenOfMailTo(email)}`
    // A scanner that opens the link changes nothing.
    expect((await social.visitor().open(link)).status).toBe(400)
    const page = await visitor.open(link)
    expect(page.text).toContain(email)
    expect(await idOf(email)).toBeUndefined()
    expect(locationOf(await visitor.submit(page))).toBe('/account')
    expect((await visitor.submit(page)).status).toBe(400)
    // From now on the provider alone is enough.
    expect((await social.signIn(person)).body.user).toMatchObject({ email, email_verified: true })
  })

  it('proposes the address that the provider has not verified', async () => {
    const person = aProviderUser({ email_verified: false })
    const form = await arrive(social.visitor(), person)
    expect(form.text).toContain(`value="${String(person.email)}"`)
  })

  it('refuses what is no address, and says so', async () => {
    const visitor = social.visitor()
    const again = await visitor.submit(await arrive(visitor, withoutAddress()), { email: 'nonsense' })
    expect([again.status, again.text]).toEqual([400, expect.stringContaining('Enter an email address')])
  })

  it('does nothing in a browser that did not come from the provider: nobody finishes a stranger’s sign-up', async () => {
    const [stranger, owner] = [social.visitor(), social.visitor()]
    const email = `victim-${createUuid()}@example.com`
    await stranger.submit(await arrive(stranger, withoutAddress()), { email })
    const token = await tokenOfMailTo(email)
    await owner.open('/login')
    const page = await owner.open(`/complete-sign-up?token=${token}`)
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('another browser')])
    expect(await idOf(email)).toBeUndefined()
  })

  it('answers alike for an address that has an account; it is linked where it was verified', async () => {
    const visitor = social.visitor()
    const local = await social.register()
    await social.database.pool.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [local.id])
    const sent = await visitor.submit(await arrive(visitor, withoutAddress()), { email: local.email })
    expect(sent.status).toBe(303)
    const page = await visitor.open(`/complete-sign-up?token=${await tokenOfMailTo(local.email)}`)
    expect(locationOf(await visitor.submit(page))).toBe('/account')
    expect(await social.externalAccountsOf(local.id)).toHaveLength(1)
  })

  it('sends three mails and no more', async () => {
    const visitor = social.visitor()
    const form = await arrive(visitor, withoutAddress())
    const statuses: number[] = []
    for (let count = 0; count < 4; count += 1)
      statuses.push((await visitor.submit(form, { email: `many-${createUuid()}@example.com` })).status)
    expect(statuses).toEqual([303, 303, 303, 400])
  })
})
