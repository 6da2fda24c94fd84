import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sha256Hex } from '@latchkey/runtime/crypto'
import { eventually } from '@latchkey/testkit'
import { redirectUri } from './a-client.ts'
import { type AuthorizeSuite, locationOf, queryOf, startAuthorizeSuite } from './authorize-under-test.ts'
import { issuer } from './token-under-test.ts'

let suite: AuthorizeSuite
/** One whose users are not asked. */
let clientId: string
beforeAll(async () => {
  suite = await startAuthorizeSuite()
  clientId = (await suite.newClient({ metadata: { require_consent: false, scope: 'openid profile email' } }))
    .id
})
afterAll(() => suite.close())

const storedCode = (code: string) =>
  suite.database.prisma.authorizationCode.findUniqueOrThrow({
    where: { codeHash: Buffer.from(sha256Hex(code), 'hex') },
  })

describe('GET /oauth/authorize, signed in', () => {
  it('answers with a code, the state and the issuer, by 303 (RFC 9207 §2)', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const answer = await suite.authorize(browser, suite.aRequest(clientId))
    expect(answer.status).toBe(303)
    expect(locationOf(answer)).toEqual({
      address: redirectUri,
      parameters: { code: expect.stringMatching(/^[\w-]{43}$/), state: 'af0ifjsldkj', iss: issuer },
    })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('keeps only the code’s hash, with what it is bound to, for a minute', async () => {
    const { browser, sessionId, userId } = await suite.aSignedInBrowser()
    const request = suite.aRequest(clientId, { resource: ['https://api.example', 'urn:example:b'] })
    const { parameters } = locationOf(await suite.authorize(browser, request))
    const row = await storedCode(parameters.code ?? '')
    expect(row).toMatchObject({
      clientId,
      redirectUri,
      codeChallenge: request.code_challenge,
      nonce: 'n-0S6_WzA2Mj',
      usedAt: null,
      grant: {
        id: row.grantId,
        subject: userId,
        sessionId,
        clientId,
        scope: 'openid email',
        resources: ['https://api.example', 'urn:example:b'],
        authenticationMethods: ['pwd'],
        acr: 'urn:latchkey:acr:sfa',
        isOffline: false,
      },
    })
    expect(row.expiresAt.getTime() - row.createdAt.getTime()).toBe(60_000)
  })

  it('lets the code live as long as the installation says, ten minutes at most', async () => {
    const replica = await suite.startReplica({ AUTHORIZATION_CODE_EXPIRE_MINUTES: '10' })
    const { browser } = await suite.aSignedInBrowser()
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await replica.get(`/oauth/authorize?${queryOf(suite.aRequest(clientId))}`, { cookie })
    await replica.close()
    const row = await storedCode(locationOf(answer).parameters.code ?? '')
    expect(row.expiresAt.getTime() - row.createdAt.getTime()).toBe(600_000)
    for (const minutes of ['0', '11'])
      await expect(suite.startReplica({ AUTHORIZATION_CODE_EXPIRE_MINUTES: minutes })).rejects.toThrow(
        'AUTHORIZATION_CODE_EXPIRE_MINUTES',
      )
  })

  it('tells the session service of the use', async () => {
    const { browser, sessionId } = await suite.aSignedInBrowser()
    await suite.authorize(browser, suite.aRequest(clientId), { 'x-forwarded-for': '192.0.2.7' })
    await eventually(() =>
      expect(suite.sessionService.activities).toContainEqual(
        expect.objectContaining({ sessionId, ipAddress: '192.0.2.7' }),
      ),
    )
  })

  it('appends to the query that a redirect URI has', async () => {
    const withQuery = 'https://app.example/cb?tenant=a%20b'
    const { id } = await suite.newClient({ metadata: { redirect_uris: [withQuery], require_consent: false } })
    const { browser } = await suite.aSignedInBrowser()
    const answer = await suite.authorize(browser, suite.aRequest(id, { redirect_uri: withQuery }))
    expect(answer.headers.get('location')).toMatch(
      /^https:\/\/app\.example\/cb\?tenant=a%20b&code=[\w-]{43}&state=/,
    )
  })

  it('may leave the redirect URI out where the client has one, and the request is none of OpenID Connect', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const overrides = { redirect_uri: undefined, scope: 'email' }
    const answer = await suite.authorize(browser, suite.aRequest(clientId, overrides))
    expect(locationOf(answer)).toMatchObject({
      address: redirectUri,
      parameters: { code: expect.any(String) },
    })
  })

  it('gives the default scopes among the client’s where none is asked for', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const { parameters } = locationOf(
      await suite.authorize(browser, suite.aRequest(clientId, { scope: undefined })),
    )
    expect(await storedCode(parameters.code ?? '')).toMatchObject({ grant: { scope: 'openid' } })
  })
})

describe('POST /oauth/authorize', () => {
  it('goes on as GET, since a form of another site brings no cookies (OpenID Connect Core §3.1.2.1)', async () => {
    const request = suite.aRequest(clientId, { state: 'a&b=c d' })
    const answer = await suite.newBrowser().post('/oauth/authorize', request as Record<string, string>)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe(`/base/oauth/authorize?${queryOf(request)}`)
  })

  it('comes back by GET with one that fits in no URL, once', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const state = 'x'.repeat(9_000)
    const request = suite.aRequest(clientId, { state }) as Record<string, string>
    const answer = await suite.newBrowser().post('/oauth/authorize', request)
    const { address, parameters } = locationOf(answer)
    expect([answer.status, address]).toEqual([303, '/base/oauth/authorize'])
    expect(Object.keys(parameters)).toEqual(['client_id', 'request_uri'])
    const there = await suite.authorize(browser, parameters)
    expect(locationOf(there)).toMatchObject({
      address: redirectUri,
      parameters: { code: expect.any(String), state },
    })
    expect(locationOf(await suite.authorize(browser, parameters)).parameters).toMatchObject({
      error: 'invalid_request_uri',
      state,
    })
  })

  it.each([
    ['long', 'x'.repeat(9_000)],
    ['short', 'x'],
  ])(
    'is refused at once where it is wrong, and never by redirect where its target is (%s)',
    async (_, state) => {
      const post = (overrides: Record<string, string>) =>
        suite
          .newBrowser()
          .post(
            '/oauth/authorize',
            suite.aRequest(clientId, { state, ...overrides }) as Record<string, string>,
          )
      expect(locationOf(await post({ scope: 'unknown' }))).toMatchObject({
        address: redirectUri,
        parameters: { error: 'invalid_scope', state },
      })
      for (const misdirected of [{ redirect_uri: 'https://evil.example' }, { client_id: 'nobody' }]) {
        const answer = await post(misdirected)
        expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
      }
    },
  )
})
