/** An invitation's link in a browser where nobody is signed in: through the sign-in, and back to the button. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock } from '@latchkey/testkit'
import { anOperator, type Operator } from './an-operator.ts'
import { type Answer, goodPassword } from './identity-under-test.ts'
import { createVisitor, type Visitor } from './pages-visitor.ts'
import { withTotp } from './second-factors.ts'
import { aProviderUser, type SocialUnderTest, startSocial } from './social-under-test.ts'

const clock = createClock()
let identity: SocialUnderTest
let operator: Operator
beforeAll(async () => {
  identity = await startSocial({ now: clock.now })
  operator = anOperator(identity)
})
beforeEach(() => clock.advance(60_000))
afterAll(() => identity.closeAll())

const locationOf = ({ headers }: Answer): string => headers.get('location') ?? ''

const invited = async (email: string) => {
  const made = await operator('POST', '/organizations', { slug: `org-${createUuid()}`, name: 'Acme Ltd' })
  const id = String(made.body.id)
  expect((await operator('POST', `/organizations/${id}/invitations`, { email })).status).toBe(201)
  const { token } = await identity.mailTo(email, 'organization_invitation')
  const members = async () => {
    const { body } = await operator('GET', `/organizations/${id}/members`)
    return (body.members as { user: { email: string } }[]).map(({ user }) => user.email)
  }
  return { token, link: `/invitations/accept?token=${token}`, members }
}

/** Where the page of the link leads who is not signed in. */
const wayOn = async (visitor: Visitor, link: string, to: '/login' | '/register') => {
  const page = await visitor.open(link)
  const [, href = ''] = new RegExp(`href="(${to}\\?flow=[^"]+)"`).exec(page.text) ?? []
  expect(href).not.toBe('')
  return href
}

/** Presses the button that the sign-in has led to. */
const join = async (visitor: Visitor, signedIn: Answer) => {
  expect(locationOf(signedIn)).toMatch(/^\/invitations\/accept\?flow=invitation\./)
  const question = await visitor.open(locationOf(signedIn))
  expect(question.text).toContain('Join Acme Ltd?')
  return visitor.submit(question)
}

describe('/invitations/accept, where nobody is signed in', () => {
  it('leads through the sign-in back to the button, and knows the address', async () => {
    const { email, password } = await identity.register()
    const { link, token, members } = await invited(email)
    const visitor = identity.visitor()
    const page = await visitor.open(await wayOn(visitor, link, '/login'))
    expect(page.text).toContain(`value="${email}"`)
    expect(page.text).toContain('to continue to Acme Ltd')
    const signedIn = await visitor.submit(page, { email, password }, '/login')
    expect(page.text + locationOf(signedIn)).not.toContain(token)
    expect(locationOf(await join(visitor, signedIn))).toBe('/invitations/accept?done=1')
    expect(await members()).toEqual([email])
  })

  it('leads through a registration', async () => {
    const email = `new-${createUuid()}@example.com`
    const { link, members } = await invited(email)
    const visitor = identity.visitor()
    const page = await visitor.open(await wayOn(visitor, link, '/register'))
    const registered = await visitor.submit(page, { name: 'Jo', email, password: goodPassword })
    await join(visitor, registered)
    expect(await members()).toEqual([email])
  })

  it('leads through a second factor, and through a provider', async () => {
    const { email, app } = await withTotp(identity, clock)
    const first = await invited(email)
    const visitor = identity.visitor()
    const page = await visitor.open(await wayOn(visitor, first.link, '/login'))
    const asked = await visitor.submit(page, { email, password: goodPassword }, '/login')
    await join(visitor, await visitor.submit(await visitor.open(locationOf(asked)), { code: app.nextCode() }))
    expect(await first.members()).toEqual([email])

    const person = aProviderUser()
    const second = await invited(String(person.email))
    const other = identity.visitor()
    const login = await other.open(await wayOn(other, second.link, '/login'))
    await join(other, await identity.travel(other, login, person))
    expect(await second.members()).toEqual([person.email])
  })

  it('leads who has signed in meanwhile straight to the button', async () => {
    const { email, password } = await identity.register()
    const { link } = await invited(email)
    const visitor = identity.visitor()
    const href = await wayOn(visitor, link, '/login')
    await visitor.submit(await visitor.open('/login'), { email, password }, '/login')
    expect((await join(visitor, await visitor.open(href))).status).toBe(303)
  })

  it('gives a handle that is worth nothing in another browser, after an hour, or once it is used', async () => {
    const { email, password } = await identity.register()
    const { link, members } = await invited(email)
    const [visitor, stranger] = [identity.visitor(), identity.visitor()]
    const href = await wayOn(visitor, link, '/login')
    const accept = href.replace('/login', '/invitations/accept')
    await stranger.open('/login')
    expect((await stranger.open(accept)).status).toBe(400)
    expect((await stranger.open(href)).text).toContain('This invitation can’t go on from here')
    await stranger.submit(await stranger.open('/login'), { email, password }, '/login')
    expect((await stranger.open(accept)).status).toBe(400)

    const page = await visitor.open(href)
    clock.advance(3_600_000)
    expect((await visitor.open(accept)).status).toBe(400)
    expect((await visitor.submit(page, { email, password }, '/login')).status).toBe(400)
    const again = await visitor.open(await wayOn(visitor, link, '/login'))
    const signedIn = await visitor.submit(again, { email, password }, '/login')
    await join(visitor, signedIn)
    expect((await visitor.open(locationOf(signedIn))).status).toBe(400)
    expect(await members()).toEqual([email])
  })

  it.each([
    ['en', 'ask whoever invited you', /application/i],
    ['de', 'bitten Sie die Person, die Sie eingeladen hat', /Anwendung/],
    ['fr', 'la personne qui vous a invité', /application/i],
  ])('leads back to whoever invited where a handle is over, in %s', async (locale, advice, application) => {
    const { email } = await identity.register()
    const { link } = await invited(email)
    const href = await wayOn(identity.visitor(), link, '/login')
    const stranger = createVisitor(identity, { accept: 'text/html', 'accept-language': locale })
    for (const path of ['/login', '/register', '/invitations/accept']) {
      const page = await stranger.open(href.replace('/login', path))
      expect(page.status).toBe(400)
      expect(page.text).toContain(advice)
      expect(page.text).not.toMatch(application)
    }
  })

  it('refuses the account of another address', async () => {
    const [guest, other] = [await identity.register(), await identity.register()]
    const { link, members } = await invited(guest.email)
    const visitor = identity.visitor()
    const page = await visitor.open(await wayOn(visitor, link, '/login'))
    const { email, password } = other
    const refused = await join(visitor, await visitor.submit(page, { email, password }, '/login'))
    expect(refused.status).toBe(403)
    expect(await members()).toEqual([])
  })
})
