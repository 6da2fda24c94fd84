/** The page that asks whether an application is allowed, and what its answer is good for. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, hiddenFieldsOf } from '@latchkey/testkit'
import { redirectUri } from './a-client.ts'
import { type AuthorizeSuite, cookieNames, locationOf, startAuthorizeSuite } from './authorize-under-test.ts'
import type { Browser } from './browser.ts'
import { addScopes } from './scopes.ts'
import { issuer } from './token-under-test.ts'

let suite: AuthorizeSuite
/** One whose users are not asked. */
let quiet: string
/** One whose users are asked. */
let asking: string
beforeAll(async () => {
  suite = await startAuthorizeSuite()
  quiet = (await suite.newClient({ metadata: { require_consent: false } })).id
  asking = (await suite.newClient({ name: 'Book & Shop' })).id
})
afterAll(() => suite.close())

const openConsent = async (browser: Browser, flow: string) => {
  const answer = await browser.get(`/oauth/consent?flow=${flow}`)
  const html = await answer.text()
  return { status: answer.status, headers: answer.headers, html, fields: hiddenFieldsOf(html) }
}

const answerConsent = async (
  browser: Browser,
  fields: Record<string, string>,
  decision = 'allow',
  headers: Record<string, string> = {},
) => {
  const answer = await browser.post('/oauth/consent', { ...fields, decision }, headers)
  return { status: answer.status, ...locationOf(answer) }
}

describe('consent', () => {
  it('shows who asks for what of whom, and leads to the client', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const { page, flow } = await suite.begin(browser, asking, { resource: 'https://api.example' })
    expect(page).toBe('/base/oauth/consent')
    const { status, html, headers } = await openConsent(browser, flow)
    expect(status).toBe(200)
    for (const text of [
      'Book &amp; Shop',
      'ada@example.com',
      'See your email address',
      'https://api.example',
      'app.example',
    ])
      expect(html).toContain(text)
    expect(html).not.toContain('See your name')
    expect(headers.get('content-security-policy')).toContain("form-action 'self' https://app.example")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  })

  it('lets somebody else sign in, who is asked then', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const { flow } = await suite.begin(browser, asking)
    const { html, fields } = await openConsent(browser, flow)
    expect(html).toContain(`href="/base/login?flow=${flow}"`)
    const { userId } = await suite.signIn(browser)
    expect(await suite.resume(browser, flow)).toMatchObject({ address: '/base/oauth/consent' })
    const anew = await openConsent(browser, flow)
    expect(anew.fields.csrf).not.toBe(fields.csrf)
    expect((await answerConsent(browser, anew.fields)).parameters).toHaveProperty('code')
    expect(await suite.database.prisma.consent.count({ where: { subject: userId } })).toBe(1)
  })

  it('speaks the language that the client asks for', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const { flow } = await suite.begin(browser, asking, { ui_locales: 'fr-CA en' })
    expect((await openConsent(browser, flow)).html).toContain('lang="fr"')
  })

  it('gives a code where it is allowed, and is remembered for what was asked alone', async () => {
    const { browser, userId } = await suite.aSignedInBrowser()
    const { flow } = await suite.begin(browser, asking, { scope: 'openid email' })
    const { fields } = await openConsent(browser, flow)
    expect(await answerConsent(browser, fields)).toEqual({
      status: 303,
      address: redirectUri,
      parameters: { code: expect.any(String), state: 'af0ifjsldkj', iss: issuer },
    })
    const remembered = await suite.database.prisma.consent.findMany({ where: { subject: userId } })
    expect(remembered).toMatchObject([{ clientId: asking, scopes: ['openid', 'email'], resources: [] }])

    expect(
      locationOf(await suite.authorize(browser, suite.aRequest(asking, { scope: 'openid' }))).parameters,
    ).toHaveProperty('code')
    expect((await suite.begin(browser, asking, { scope: 'openid profile' })).page).toBe('/base/oauth/consent')
    expect((await suite.begin(browser, asking, { resource: 'https://api.example' })).page).toBe(
      '/base/oauth/consent',
    )
    expect((await suite.begin(browser, asking, { prompt: 'consent' })).page).toBe('/base/oauth/consent')
    const claims = '{"userinfo":{"name":null}}'
    expect((await suite.begin(browser, asking, { claims })).page).toBe('/base/oauth/consent')
  })

  it('tells the client where it is denied, and remembers nothing', async () => {
    const { browser, userId } = await suite.aSignedInBrowser()
    const { flow } = await suite.begin(browser, asking)
    const { fields } = await openConsent(browser, flow)
    expect(await answerConsent(browser, fields, 'deny')).toEqual({
      status: 303,
      address: redirectUri,
      parameters: {
        error: 'access_denied',
        error_description: expect.any(String),
        state: 'af0ifjsldkj',
        iss: issuer,
      },
    })
    expect(await suite.database.prisma.consent.count({ where: { subject: userId } })).toBe(0)
    expect((await answerConsent(browser, fields)).status).toBe(400)
  })

  it('is asked each time for staying connected, unless the client asks nobody (OpenID Connect Core §11)', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const scope = 'openid offline_access'
    for (const _ of [1, 2]) {
      const { page, flow } = await suite.begin(browser, asking, { scope })
      expect(page).toBe('/base/oauth/consent')
      expect(
        (await answerConsent(browser, (await openConsent(browser, flow)).fields)).parameters,
      ).toHaveProperty('code')
    }
    expect(
      locationOf(await suite.authorize(browser, suite.aRequest(quiet, { scope }))).parameters,
    ).toHaveProperty('code')
  })

  it.each(['http://127.0.0.1/callback', 'com.example.app:/callback'])(
    'is asked each time of a public client at %s, which any program could pass for (RFC 8252 §8.6)',
    async redirect_uri => {
      const { id } = await suite.newClient({ metadata: { redirect_uris: [redirect_uri] } })
      const { browser } = await suite.aSignedInBrowser()
      for (const _ of [1, 2]) {
        const { page, flow } = await suite.begin(browser, id, { redirect_uri })
        expect(page).toBe('/base/oauth/consent')
        expect(
          (await answerConsent(browser, (await openConsent(browser, flow)).fields)).parameters,
        ).toHaveProperty('code')
      }
      const request = suite.aRequest(id, { redirect_uri, prompt: 'none' })
      expect(locationOf(await suite.authorize(browser, request)).parameters).toMatchObject({
        error: 'consent_required',
      })
    },
  )

  it('is not asked for staying connected where there are no refresh tokens to be had', async () => {
    const metadata = { grant_types: ['authorization_code' as const] }
    const { id } = await suite.newClient({ metadata })
    const { browser } = await suite.aSignedInBrowser()
    const { flow } = await suite.begin(browser, id, { scope: 'openid offline_access' })
    expect((await openConsent(browser, flow)).html).not.toContain('offline_access')
  })

  it('counts once, however often it is sent', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const { flow } = await suite.begin(browser, asking)
    const { fields } = await openConsent(browser, flow)
    const answers = await Promise.all(Array.from({ length: 10 }, () => answerConsent(browser, fields)))
    expect(answers.filter(({ parameters }) => 'code' in parameters)).toHaveLength(1)
  })
})

describe('CHECKLIST 10: a consent is for the request, the browser and the sign-in that its page was made for', () => {
  const aForm = async () => {
    const { browser, userId } = await suite.aSignedInBrowser()
    const { flow } = await suite.begin(browser, asking)
    return { browser, userId, fields: (await openConsent(browser, flow)).fields }
  }

  it('is refused without its token, and with another’s', async () => {
    const { browser, fields } = await aForm()
    const other = await suite.begin(browser, asking, { scope: 'openid profile email' })
    for (const wrong of [{ csrf: '' }, { csrf: 'x'.repeat(43) }, { flow: other.flow }])
      expect((await answerConsent(browser, { ...fields, ...wrong })).status).toBe(403)
    expect((await answerConsent(browser, fields)).parameters).toHaveProperty('code')
  })

  it.each([{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }])(
    'is refused from another site: %j',
    async headers => {
      const { browser, fields } = await aForm()
      expect((await answerConsent(browser, fields, 'allow', headers)).status).toBe(403)
    },
  )

  it('is refused in another browser', async () => {
    const { fields } = await aForm()
    const { browser: other } = await suite.aSignedInBrowser()
    await suite.begin(other, asking)
    expect((await answerConsent(other, fields)).status).toBe(400)
  })

  it('is refused once somebody else has signed in, or the same user again', async () => {
    const { browser, userId, fields } = await aForm()
    await suite.signIn(browser)
    expect((await answerConsent(browser, fields)).status).toBe(403)
    await suite.signIn(browser, { userId })
    expect((await answerConsent(browser, fields)).status).toBe(403)
  })

  it('is refused once the client asks for more than the page said, and asked for anew', async () => {
    await addScopes(suite.database, ['files:read', 'files:write'], { isDefault: true })
    const { id } = await suite.newClient({ metadata: { scope: 'openid files:read' } })
    const { browser } = await suite.aSignedInBrowser()
    const { flow } = await suite.begin(browser, id, { scope: undefined })
    const { fields } = await openConsent(browser, flow)
    await suite.database.pool.query(
      `update clients set metadata = jsonb_set(metadata, '{scope}', '"openid files:read files:write"') where id = $1`,
      [id],
    )
    await eventually(async () => expect((await openConsent(browser, flow)).html).toContain('files:write'))
    expect((await answerConsent(browser, fields)).status).toBe(403)
    const again = await openConsent(browser, flow)
    expect((await answerConsent(browser, again.fields)).parameters).toHaveProperty('code')
  })

  it('is asked for anew once the session has ended', async () => {
    const { browser, fields } = await aForm()
    browser.cookies.delete(cookieNames.session)
    const answer = await answerConsent(browser, fields)
    expect(answer).toMatchObject({ status: 303, address: '/base/oauth/resume' })
    expect(await suite.resume(browser, fields.flow ?? '')).toMatchObject({ address: '/base/login' })
  })

  it('knows two answers', async () => {
    const { browser, fields } = await aForm()
    expect((await answerConsent(browser, fields, 'maybe')).status).toBe(400)
  })
})
