/**
 * The suite as most installations run it: behind a proxy that ends TLS, below a path, with PUBLIC_URL saying where
 * users find it and TRUSTED_PROXIES whom to believe.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { decodeJwt } from 'jose'
import { call } from '../src/call.ts'
import { requestReset } from '../src/mails.ts'
import { aPerson, createDevice, inParallel } from '../src/person.ts'
import { type OwnSuite, startSuite } from '../src/suite.ts'

const publicUrl = 'https://id.example.com/base'

let suite: OwnSuite
beforeAll(async () => {
  suite = await startSuite({ settings: { PUBLIC_URL: publicUrl, TRUSTED_PROXIES: '127.0.0.0/8' } })
})
afterAll(() => suite.stop())

const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } })

describe('behind a trusted proxy', () => {
  it('each client has a budget of its own, by the address that the proxy saw', async () => {
    const signIn = (address: string) =>
      createDevice(suite, from(address)).tryToSignIn({ email: aPerson().email, password: 'Wrong-Guess-1!' })
    // More at once, and on a busy machine the gateway may count by itself for a moment.
    const answers = await inParallel(30, index => signIn(`198.51.100.${Math.floor(index / 10)}`), 10)
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(30).fill(401))
    expect((await signIn('198.51.100.0')).status).toBe(429)
    // What the client wrote itself stands before what the proxy added.
    expect((await signIn('203.0.113.9, 198.51.100.0')).status).toBe(429)
  })

  it('sessions show the address of the client', async () => {
    const device = createDevice(suite, from('198.51.100.20'))
    const { access_token: bearer } = await device.register(aPerson())
    const { json } = await device.send('GET', '/auth/sessions', { bearer })
    expect(json).toMatchObject({ sessions: [{ ip_address: '198.51.100.20' }] })
  })

  it('cookies and strict transport are for TLS alone, as PUBLIC_URL is', async () => {
    const device = createDevice(suite, from('198.51.100.30'))
    const answer = await device.send('POST', '/auth/register', { json: aPerson() })
    expect(answer.headers['set-cookie']).toEqual([expect.stringMatching(/; Secure(;|$)/)])
    expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d{8}/)
  })

  it('tokens and links name PUBLIC_URL, path and all', async () => {
    const person = aPerson()
    const device = createDevice(suite, from('198.51.100.40'))
    const { access_token } = await device.register(person)
    expect(decodeJwt(access_token)).toMatchObject({ iss: publicUrl, aud: publicUrl })
    expect((await device.send('GET', '/auth/me', { bearer: access_token })).status).toBe(200)
    const { url } = await requestReset(suite, person.email)
    expect(url.href).toMatch(/^https:\/\/id\.example\.com\/base\/reset-password\?token=/)
  })

  it('the form of the reset page goes back to where it came from', async () => {
    const { text } = await call(suite.gateway, 'GET', `/reset-password?token=${'A'.repeat(43)}`)
    const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(text) ?? []
    expect(new URL(action, `${publicUrl}/reset-password`).href).toBe(`${publicUrl}/reset-password`)
  })

  it('pages sign in below the path, with cookies that only this host can set', async () => {
    const person = aPerson()
    await createDevice(suite, from('198.51.100.50')).register(person)
    const browser = createDevice(suite, from('198.51.100.51'))
    const { text } = await browser.send('GET', '/login')
    expect(text).toContain('<form method="post" action="/base/login">')
    expect(text).toContain('<a href="/base/register">')
    const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(text) ?? []
    const answer = await browser.send('POST', '/login', {
      body: new URLSearchParams({ csrf, email: person.email, password: person.password }).toString(),
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Origin: 'https://id.example.com',
        'Sec-Fetch-Site': 'same-origin',
      },
    })
    expect([answer.status, answer.headers.location]).toEqual([303, '/base/account'])
    const ours = /^__Host-latchkey_\w+=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/
    expect(answer.headers['set-cookie']).toContainEqual(expect.stringMatching(ours))
    expect([...browser.cookies.keys()]).toEqual(
      expect.arrayContaining(['__Host-latchkey_browser', '__Host-latchkey_session']),
    )
    expect((await browser.send('GET', '/account')).text).toContain(person.email)
  })

  it.each([
    '/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-authorization-server/base',
    '/.well-known/openid-configuration/base',
    '/.well-known/jwks.json/base',
  ])('metadata is at %s, with and without the path (RFC 8414 §3.1)', async path => {
    const answer = await call(suite.gateway, 'GET', path)
    expect(answer.status).toBe(200)
    if (!path.includes('jwks'))
      expect(answer.json).toMatchObject({ issuer: publicUrl, jwks_uri: `${publicUrl}/.well-known/jwks.json` })
  })
})
