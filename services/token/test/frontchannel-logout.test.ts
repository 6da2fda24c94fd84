/** OpenID Connect Front-Channel Logout 1.0: applications that are told of a logout in the browser. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { browserCookiesOf } from '@latchkey/contracts'
import { randomToken, sha256Base64Url } from '@latchkey/runtime/crypto'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually, hiddenFieldsOf } from '@latchkey/testkit'
import { redirectUri } from './a-client.ts'
import { type AuthorizeSuite, locationOf, queryOf, startAuthorizeSuite } from './authorize-under-test.ts'
import { type IdTokenSigner, openIdTokenSigner } from './id-token-signer.ts'
import { issuer } from './token-under-test.ts'

const { origin } = new URL(redirectUri)
const afterLogout = `${origin}/bye`

let suite: AuthorizeSuite
let idTokens: IdTokenSigner
beforeAll(async () => {
  suite = await startAuthorizeSuite()
  idTokens = await openIdTokenSigner(suite)
})
afterAll(() => suite.close())

type Browser = ReturnType<AuthorizeSuite['newBrowser']>

const anApplication = (path: string | undefined, name = 'Shop') =>
  suite.newClient({
    name,
    metadata: {
      require_consent: false,
      post_logout_redirect_uris: [afterLogout],
      ...(path === undefined ? {} : { frontchannel_logout_uri: `${origin}${path}` }),
    },
  })

/** Somebody who has signed in to these applications. */
const signedInTo = async (...clients: readonly { readonly id: string }[]) => {
  const { browser, sessionId, userId } = await suite.aSignedInBrowser()
  for (const { id } of clients) expect((await suite.authorize(browser, suite.aRequest(id))).status).toBe(303)
  const idTokenHint = (clientId: string) => idTokens.sign({ aud: clientId, sub: userId, sid: sessionId })
  return { browser, sessionId, idTokenHint }
}

const pathOf = (answer: Awaited<ReturnType<Browser['get']>>) =>
  String(answer.headers.get('location')).replace(/^\/base/, '')

/** Asks for a logout, and follows to the page that it comes to. */
const logout = async (browser: Browser, parameters: Readonly<Record<string, string>>) => {
  const answer = await browser.get(`/oauth/logout?${queryOf(parameters)}`)
  const path = pathOf(answer)
  const page = await browser.get(path)
  return { answer, path, html: await page.text(), policy: page.headers.get('content-security-policy') ?? '' }
}

const framesIn = (html: string): string[] =>
  [...html.matchAll(/<iframe src="([^"]*)"/g)].map(([, src = '']) => src.replaceAll('&amp;', '&'))

const expectedFrame = (path: string, sid: string) =>
  `${origin}${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams({ iss: issuer, sid })}`

describe('§3: the page after a logout', () => {
  it('loads a frame of each application of the session that has one, with iss and sid, and of no other', async () => {
    const [shop, blog, silent, foreign] = [
      await anApplication('/out'),
      await anApplication('/logout?app=blog'),
      await anApplication(undefined),
      await anApplication('/foreign'),
    ]
    const { browser, sessionId, idTokenHint } = await signedInTo(shop, blog, silent)
    await signedInTo(foreign)
    const { answer, html, policy } = await logout(browser, { id_token_hint: await idTokenHint(shop.id) })
    expect(answer.status).toBe(303)
    expect(suite.sessionService.ended.get(sessionId)).toBe('END_REASON_LOGOUT')
    expect(html).toContain('You are signed out')
    expect(framesIn(html).sort()).toEqual(
      [expectedFrame('/out', sessionId), expectedFrame('/logout?app=blog', sessionId)].sort(),
    )
    expect(policy).toContain(`; frame-src ${origin}`)
    expect(policy).not.toContain('script-src')
  })

  it('goes on to the registered address, with a script and without one', async () => {
    const shop = await anApplication('/out', 'The Shop')
    const { browser, idTokenHint } = await signedInTo(shop)
    const asked = { post_logout_redirect_uri: afterLogout, state: 'a&b' }
    const { html, policy } = await logout(browser, { id_token_hint: await idTokenHint(shop.id), ...asked })
    expect(html).toContain(`<a href="${afterLogout}?state=a%26b">Back to The Shop</a>`)
    expect(policy).toMatch(/; script-src 'sha256-[^']+'; /)
    expect(html).toContain('location.replace(')
  })

  it('comes by 303 once a user has agreed, too', async () => {
    const shop = await anApplication('/out')
    const { browser, sessionId } = await signedInTo(shop)
    const parameters = { client_id: shop.id, post_logout_redirect_uri: afterLogout }
    const asking = await browser.get(`/oauth/logout?${queryOf(parameters)}`)
    const hidden = hiddenFieldsOf(await asking.text())
    const answer = await browser.post('/oauth/logout', { ...hidden, decision: 'allow' })
    expect(answer.status).toBe(303)
    const html = await (await browser.get(pathOf(answer))).text()
    expect(framesIn(html)).toEqual([expectedFrame('/out', sessionId)])
    expect(html).toContain(`<a href="${afterLogout}">`)
  })

  it('is left out where there is nobody to tell', async () => {
    const shop = await anApplication(undefined)
    const { browser, idTokenHint } = await signedInTo(shop)
    const answer = await browser.get(
      `/oauth/logout?${queryOf({ id_token_hint: await idTokenHint(shop.id), post_logout_redirect_uri: afterLogout })}`,
    )
    expect(locationOf(answer).address).toBe(afterLogout)
  })

  it('tells no application that was deactivated before or since', async () => {
    const [shop, blog] = [await anApplication('/out'), await anApplication('/logout')]
    const deactivate = ({ id }: { readonly id: string }) =>
      suite.database.pool.query('update clients set active = false where id = $1', [id])
    const { browser, sessionId, idTokenHint } = await signedInTo(shop, blog)
    await deactivate(shop)
    const { html, path } = await logout(browser, { id_token_hint: await idTokenHint(blog.id) })
    expect(framesIn(html)).toEqual([expectedFrame('/logout', sessionId)])

    await deactivate(blog)
    await eventually(async () => {
      const later = await (await browser.get(path)).text()
      expect(later).toContain('You are signed out')
      expect(framesIn(later)).toEqual([])
    })
  })
})

describe('GetSignedOutPage, for a sign-out on the account pages', () => {
  const rawBrowserOf = (browser: Browser) => browser.cookies.get(browserCookiesOf(issuer).browser) ?? ''
  const ask = (sessionId: string, browser: string) =>
    suite.replica.client.getSignedOutPage({ sessionId, browser })

  it('is the same page, with the frames of that session, for that browser alone, and leads nowhere', async () => {
    const [shop, silent] = [await anApplication('/out'), await anApplication(undefined)]
    const { browser, sessionId } = await signedInTo(shop, silent)
    await browser.get('/oauth/device')
    const { location = '' } = await ask(sessionId, rawBrowserOf(browser))
    const path = location.replace(/^\/base/, '')
    const page = await browser.get(path)
    const html = await page.text()
    expect(html).toContain('You are signed out')
    expect(framesIn(html)).toEqual([expectedFrame('/out', sessionId)])
    expect(html).not.toMatch(/<a |location/)
    expect(page.headers.get('content-security-policy')).not.toContain('script-src')
    const stranger = (await suite.aSignedInBrowser()).browser
    await stranger.get('/oauth/device')
    expect(framesIn(await (await stranger.get(path)).text())).toEqual([])
  })

  it('is none where no application is told so: of a session without one, of one that there is not', async () => {
    const { browser, sessionId } = await signedInTo(await anApplication(undefined))
    await browser.get('/oauth/device')
    for (const id of [sessionId, createUuid()])
      expect(await ask(id, rawBrowserOf(browser))).toEqual({ location: '' })
  })

  it('is refused without a session or a browser', async () => {
    for (const [id, browser] of [
      ['nonsense', 'b'],
      [createUuid(), ''],
    ] as const)
      await expect(ask(id, browser)).rejects.toMatchObject({ reason: 'INVALID_SUBJECT' })
  })
})

describe('CHECKLIST 3, 11: the address of that page', () => {
  it('loads and leads nowhere in another browser, or where anything in it was changed', async () => {
    const [shop, other] = [await anApplication('/out'), await anApplication('/other')]
    const { browser, idTokenHint } = await signedInTo(shop)
    const { path } = await logout(browser, {
      id_token_hint: await idTokenHint(shop.id),
      post_logout_redirect_uri: afterLogout,
    })
    const changed = (name: string, value: string) => {
      const url = new URL(path, issuer)
      url.searchParams.set(name, value)
      return url.pathname + url.search
    }
    const stranger = (await suite.aSignedInBrowser()).browser
    await stranger.get('/oauth/device')
    const pages = [
      await suite.newBrowser().get(path),
      await stranger.get(path),
      await browser.get(changed('to', 'https://evil.example/')),
      await browser.get(changed('clients', other.id)),
      await browser.get(changed('client_id', other.id)),
      await browser.get(changed('sid', createUuid())),
      await browser.get(changed('proof', 'x')),
      await browser.get('/oauth/logout?result=signed_out'),
    ]
    for (const page of pages) {
      const html = await page.text()
      expect([page.status, framesIn(html)]).toEqual([200, []])
      expect(html).toContain('You are signed out')
      expect(html).not.toMatch(/<a |location|evil/)
    }
    expect(framesIn(await (await browser.get(path)).text())).toHaveLength(1)
  })

  it.each([
    'https://evil.example/',
    'javascript:alert(1)',
    `${afterLogout}.evil.example/`,
    `${afterLogout}/x`,
  ])(
    'does not lead to %s, which no client has registered, in a browser whose cookie somebody else knows',
    async to => {
      const shop = await anApplication('/out')
      const sid = createUuid()
      const planted = randomToken()
      const purpose = `signed_out:${JSON.stringify([sid, [shop.id], shop.id, to])}`
      const proof = sha256Base64Url(`latchkey csrf v1\0${purpose}\0${planted}`)
      const asked = { result: 'signed_out', sid, clients: shop.id, client_id: shop.id, to, proof }
      const browser = suite.newBrowser()
      browser.cookies.set(browserCookiesOf(issuer).browser, planted)
      const html = await (await browser.get(`/oauth/logout?${queryOf(asked)}`)).text()
      expect(framesIn(html)).toEqual([expectedFrame('/out', sid)])
      expect(html).not.toMatch(/<a |location|evil|javascript/)
    },
  )
})
