import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { hiddenFieldsOf } from '@latchkey/testkit'
import { type AuthorizeSuite, startAuthorizeSuite } from './authorize-under-test.ts'
import { issuer } from './token-under-test.ts'

let suite: AuthorizeSuite
let clientId: string
const redirectUri = 'https://app.example/cb?a=%22b%22&c=d'
beforeAll(async () => {
  suite = await startAuthorizeSuite()
  const metadata = { require_consent: false, redirect_uris: [redirectUri] }
  clientId = (await suite.newClient({ metadata })).id
})
afterAll(() => suite.close())

const ask = async (overrides: Record<string, string> = {}) => {
  const { browser } = await suite.aSignedInBrowser()
  const request = suite.aRequest(clientId, {
    response_mode: 'form_post',
    redirect_uri: redirectUri,
    ...overrides,
  })
  const answer = await suite.authorize(browser, request)
  return { answer, html: await answer.text(), browser }
}

describe('OAuth 2.0 Form Post Response Mode §2', () => {
  it('is a page whose form posts code, state and issuer to the redirect URI, by a button where nothing runs', async () => {
    const { answer, html } = await ask({ state: '"><script>alert(1)</script>' })
    expect(answer.status).toBe(200)
    expect(html).toContain('<form method="post" action="https://app.example/cb?a=%22b%22&amp;c=d">')
    expect(html).toContain('<button type="submit">')
    expect(html).not.toContain('alert(1)</script>')
    const fields = hiddenFieldsOf(html)
    expect(Object.keys(fields)).toEqual(['code', 'state', 'iss'])
    expect(fields).toMatchObject({ code: expect.stringMatching(/^[\w-]{43}$/), iss: issuer })
  })

  it('runs its own script alone, posts to the client alone, and is kept by nobody', async () => {
    const { answer, html } = await ask()
    const script = /<script>(.*)<\/script>/.exec(html)?.[1] ?? ''
    const hash = createHash('sha256').update(script).digest('base64')
    expect(answer.headers.get('content-security-policy')).toBe(
      `default-src 'none'; script-src 'sha256-${hash}'; form-action https://app.example; frame-ancestors 'none'; base-uri 'none'`,
    )
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  })

  it('carries errors too', async () => {
    const { answer, html } = await ask({ scope: 'unknown' })
    expect(answer.status).toBe(200)
    expect(hiddenFieldsOf(html)).toEqual({
      error: 'invalid_scope',
      error_description: 'Requested scope not available for client',
      state: 'af0ifjsldkj',
      iss: issuer,
    })
  })
})
