import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sha256Hex } from '@latchkey/runtime/crypto'
import { createUuid } from '@latchkey/runtime/ids'
import { hiddenFieldsOf } from '@latchkey/testkit'
import { type AuthorizeSuite, cookieNames, locationOf, startAuthorizeSuite } from './authorize-under-test.ts'
import { issuer } from './token-under-test.ts'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

let suite: AuthorizeSuite
let clientId: string
beforeAll(async () => {
  suite = await startAuthorizeSuite({ USER_CODE_MAX_ATTEMPTS: '5' })
  clientId = (
    await suite.newClient({
      name: 'Living room TV',
      metadata: { grant_types: [deviceGrant, 'refresh_token'] },
    })
  ).id
})
afterAll(() => suite.close())

type Browser = ReturnType<AuthorizeSuite['newBrowser']>

const form = { 'content-type': 'application/x-www-form-urlencoded' }

const start = async (parameters: Record<string, string> = {}, headers: Record<string, string> = {}) => {
  const body = new URLSearchParams({ client_id: clientId, scope: 'openid profile', ...parameters }).toString()
  const answer = await suite.replica.post('/oauth/device_authorization', body, { ...form, ...headers })
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Record<string, unknown>,
  }
}

const aDevice = async () => {
  const { body } = await start()
  return { userCode: String(body.user_code), deviceCode: String(body.device_code) }
}

// An address for each test, so that none eats another's attempts.
let addresses = 0
const anAddress = () => {
  addresses += 1
  return { 'x-forwarded-for': `198.51.100.${addresses}` }
}

/** What somebody does who opens the page and types a code. */
const type = async (browser: Browser, user_code: string, headers: Record<string, string> = anAddress()) => {
  const hidden = hiddenFieldsOf(await (await browser.get('/oauth/device')).text())
  return browser.post('/oauth/device', { ...hidden, user_code }, headers)
}

const pathOf = (answer: Awaited<ReturnType<Browser['get']>>) =>
  String(answer.headers.get('location')).replace(/^\/base/, '')

const decide = async (browser: Browser, userCode: string, decision: string) => {
  const asked = await browser.get(pathOf(await type(browser, userCode)))
  const hidden = hiddenFieldsOf(await asked.text())
  return browser.post('/oauth/device', { ...hidden, decision })
}

const stored = (deviceCode: string) =>
  suite.database.prisma.deviceAuthorization.findUniqueOrThrow({
    where: { deviceCodeHash: new Uint8Array(Buffer.from(sha256Hex(deviceCode), 'hex')) },
  })

describe('RFC 8628 §3.1, §3.2: POST /oauth/device_authorization', () => {
  it('answers with both codes, where to type one, and how often to ask with the other', async () => {
    const { status, headers, body } = await start()
    expect({ status, cacheControl: headers.get('cache-control') }).toEqual({
      status: 200,
      cacheControl: 'no-store',
    })
    expect(body).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${issuer}/oauth/device`,
      verification_uri_complete: `${issuer}/oauth/device?user_code=${body.user_code}`,
      expires_in: 600,
      interval: 5,
    })
  })

  it('keeps neither code', async () => {
    const { userCode, deviceCode } = await aDevice()
    const row = await stored(deviceCode)
    const text = JSON.stringify(row)
    for (const secret of [userCode, userCode.replace('-', ''), deviceCode]) expect(text).not.toContain(secret)
    expect(Buffer.from(row.userCodeHash).toString('hex')).not.toBe(sha256Hex(userCode.replace('-', '')))
  })

  it('is in the metadata', async () => {
    const metadata = await (await suite.replica.get('/.well-known/oauth-authorization-server')).json()
    expect(metadata).toMatchObject({ device_authorization_endpoint: `${issuer}/oauth/device_authorization` })
  })

  it.each([
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_client', 'Client not found or inactive'],
    [
      'a scope that is not the client’s',
      { scope: 'openid admin:users:read' },
      400,
      'invalid_scope',
      'Requested scope not available for client',
    ],
    ['a resource that is none', { resource: 'nonsense' }, 400, 'invalid_target', expect.any(String)],
  ])('refuses %s', async (_title, parameters, status, error, error_description) => {
    expect(await start(parameters)).toMatchObject({ status, body: { error, error_description } })
  })

  it('refuses a client that is not registered for the grant', async () => {
    const { id } = await suite.newClient()
    expect(await start({ client_id: id })).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    })
  })

  it('authenticates a confidential client', async () => {
    const confidential = await suite.newClient({
      type: 'confidential',
      metadata: { grant_types: [deviceGrant] },
    })
    const basic = Buffer.from(`${confidential.id}:${confidential.rawSecret}`).toString('base64')
    const parameters = { client_id: confidential.id }
    expect(await start(parameters)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(await start(parameters, { authorization: `Basic ${basic}` })).toMatchObject({ status: 200 })
  })
})

describe('RFC 8628 §3.3: the code is typed', () => {
  it('is only filled in by the complete address, and nothing happens on GET (§3.3.1)', async () => {
    const { userCode, deviceCode } = await aDevice()
    const { browser } = await suite.aSignedInBrowser()
    const html = await (await browser.get(`/oauth/device?user_code=${userCode}`)).text()
    expect(html).toContain(`value="${userCode}"`)
    expect(html).not.toContain('Living room TV')
    expect(await stored(deviceCode)).toMatchObject({ status: 'pending' })
  })

  it('is understood without its dash and in small letters', async () => {
    const { userCode } = await aDevice()
    const { browser } = await suite.aSignedInBrowser()
    expect((await type(browser, ` ${userCode.replace('-', '').toLowerCase()} `)).status).toBe(303)
  })

  it('leads through the sign-in page, and back', async () => {
    const { userCode } = await aDevice()
    const browser = suite.newBrowser()
    const typed = await type(browser, userCode)
    const flow = locationOf(typed).parameters.flow ?? ''
    const detour = await browser.get(pathOf(typed))
    expect(locationOf(detour)).toEqual({ address: '/base/login', parameters: { flow } })
    const described = await suite.replica.client.getAuthorizationFlow({
      handle: flow,
      browser: browser.cookies.get(cookieNames.browser) ?? '',
    })
    expect(described).toMatchObject({ clientName: 'Living room TV', formAction: '' })
    await suite.signIn(browser)
    const resumed = await browser.get(`/oauth/resume?flow=${flow}`)
    expect(locationOf(resumed)).toEqual({ address: '/base/oauth/device', parameters: { flow } })
    expect(await (await browser.get(pathOf(resumed))).text()).toContain(userCode)
  })

  it('is of no use in another browser', async () => {
    const { userCode } = await aDevice()
    const flow = pathOf(await type((await suite.aSignedInBrowser()).browser, userCode))
    const answer = await (await suite.aSignedInBrowser()).browser.get(flow)
    expect(answer.status).toBe(410)
    expect(await answer.text()).not.toContain(userCode)
  })

  it('keeps no code in the database on its way', async () => {
    const { userCode } = await aDevice()
    await type(suite.newBrowser(), userCode)
    const flows = JSON.stringify(await suite.database.prisma.authorizationFlow.findMany())
    expect(flows).not.toContain(userCode.replace('-', ''))
  })
})

describe('CHECKLIST 26: user_code guessing is limited (RFC 8628 §5.1)', () => {
  const wrongCode = 'BBBB-BBBB'
  const statuses = async (tries: readonly (() => ReturnType<typeof type>)[]) => {
    const answers = []
    for (const attempt of tries) answers.push(await attempt())
    return answers.map(answer => answer.status)
  }
  const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make)

  it('for an address, whatever browsers it has: twice as many, for it may be an office', async () => {
    const address = anAddress()
    const guess = () => type(suite.newBrowser(), wrongCode, address)
    expect(await statuses(times(11, () => guess))).toEqual([...times(10, () => 400), 429])
    const { userCode } = await aDevice()
    const refused = await type(suite.newBrowser(), userCode, address)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('for a browser, whatever addresses it has', async () => {
    const browser = suite.newBrowser()
    expect((await statuses(times(6, () => () => type(browser, wrongCode)))).at(-1)).toBe(429)
  })

  it('for an account, whatever browsers and addresses it has (CHECKLIST 34)', async () => {
    const userId = createUuid()
    const guess = async () => type((await suite.aSignedInBrowser({ userId })).browser, wrongCode)
    expect((await statuses(times(6, () => guess))).at(-1)).toBe(429)
  })

  it('twenty at once count as twenty', async () => {
    const browser = suite.newBrowser()
    const hidden = hiddenFieldsOf(await (await browser.get('/oauth/device')).text())
    const post = () => browser.post('/oauth/device', { ...hidden, user_code: wrongCode }, anAddress())
    const answers = await Promise.all(times(20, post))
    expect(answers.filter(answer => answer.status === 400)).toHaveLength(5)
  })

  it('and right codes cost nothing', async () => {
    const { browser } = await suite.aSignedInBrowser()
    const address = anAddress()
    for (const _ of times(8, () => 0)) {
      const { userCode } = await aDevice()
      expect((await type(browser, userCode, address)).status).toBe(303)
    }
  })
})

describe('CHECKLIST 26: the confirmation shows client and code (RFC 8628 §5.4)', () => {
  it('and what it asks for, whose account it is, and a warning', async () => {
    const { userCode } = await aDevice()
    const { browser } = await suite.aSignedInBrowser()
    const answer = await browser.get(pathOf(await type(browser, userCode)))
    const html = await answer.text()
    for (const text of [
      'Living room TV',
      userCode,
      'See your name',
      'ada@example.com',
      'If somebody sent you the code',
    ])
      expect(html).toContain(text)
    expect(answer.headers.get('content-security-policy')).toContain(`frame-ancestors 'none'`)
  })

  it('speaks the user’s language', async () => {
    const { userCode } = await aDevice()
    const { browser } = await suite.aSignedInBrowser()
    const flow = pathOf(await type(browser, userCode))
    const html = await (await browser.get(flow, { 'accept-language': 'de-CH' })).text()
    expect(html).toContain('Living room TV verbinden?')
  })
})

describe('the decision', () => {
  it('lets the device in by 303, for the session of this browser, and is said so', async () => {
    const { userCode, deviceCode } = await aDevice()
    const { browser, sessionId, userId } = await suite.aSignedInBrowser()
    const answer = await decide(browser, userCode, 'allow')
    expect(answer.status).toBe(303)
    expect(await (await browser.get(pathOf(answer))).text()).toContain('You can go back to your device.')
    const row = await stored(deviceCode)
    const grant = {
      id: row.grantId,
      subject: userId,
      sessionId,
      clientId,
      scope: 'openid profile',
      isOffline: false,
    }
    expect(row).toMatchObject({ status: 'approved', grant })
  })

  it('denies it', async () => {
    const { userCode, deviceCode } = await aDevice()
    const { browser } = await suite.aSignedInBrowser()
    const answer = await decide(browser, userCode, 'deny')
    expect(await (await browser.get(pathOf(answer))).text()).toContain('The device was not connected')
    expect(await stored(deviceCode)).toMatchObject({ status: 'denied', grant: null })
  })

  it('counts once, of twenty at a time', async () => {
    const { userCode, deviceCode } = await aDevice()
    const { browser } = await suite.aSignedInBrowser()
    const hidden = hiddenFieldsOf(await (await browser.get(pathOf(await type(browser, userCode)))).text())
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        browser.post('/oauth/device', { ...hidden, decision: n % 2 === 0 ? 'allow' : 'deny' }),
      ),
    )
    expect(answers.filter(answer => answer.status === 303)).toHaveLength(1)
    expect(answers.filter(answer => answer.status === 410)).toHaveLength(19)
    expect((await stored(deviceCode)).status).not.toBe('pending')
  })

  it('is refused from another browser, from another site, and with the form of the code (CHECKLIST 10)', async () => {
    const { userCode, deviceCode } = await aDevice()
    const { browser } = await suite.aSignedInBrowser()
    const codeForm = hiddenFieldsOf(await (await browser.get('/oauth/device')).text())
    const hidden = hiddenFieldsOf(await (await browser.get(pathOf(await type(browser, userCode)))).text())
    const other = (await suite.aSignedInBrowser()).browser
    await other.get('/oauth/device')
    const allowed = { ...hidden, decision: 'allow' }
    const answers = [
      await other.post('/oauth/device', allowed),
      await browser.post('/oauth/device', { ...allowed, csrf: codeForm.csrf ?? '' }),
      await browser.post('/oauth/device', allowed, { 'sec-fetch-site': 'cross-site' }),
      await browser.post('/oauth/device', allowed, { origin: 'https://evil.example' }),
    ]
    expect(answers.map(answer => answer.status)).toEqual([403, 403, 403, 403])
    expect(await stored(deviceCode)).toMatchObject({ status: 'pending' })
  })

  it('is refused once somebody else has signed in than the page has named (CHECKLIST 10)', async () => {
    const { userCode, deviceCode } = await aDevice()
    const { browser } = await suite.aSignedInBrowser()
    const flow = pathOf(await type(browser, userCode))
    const hidden = hiddenFieldsOf(await (await browser.get(flow)).text())
    const { userId } = await suite.signIn(browser)
    const answer = await browser.post('/oauth/device', { ...hidden, decision: 'allow' })
    expect(answer.status).toBe(403)
    expect(await stored(deviceCode)).toMatchObject({ status: 'pending' })
    const again = hiddenFieldsOf(await (await browser.get(flow)).text())
    expect((await browser.post('/oauth/device', { ...again, decision: 'allow' })).status).toBe(303)
    expect(await stored(deviceCode)).toMatchObject({ status: 'approved', grant: { subject: userId } })
  })

  it('needs somebody who is signed in still', async () => {
    const { userCode, deviceCode } = await aDevice()
    const { browser, sessionId } = await suite.aSignedInBrowser()
    const hidden = hiddenFieldsOf(await (await browser.get(pathOf(await type(browser, userCode)))).text())
    await suite.redis.set(`session_ended:${sessionId}`, 'logout')
    const answer = await browser.post('/oauth/device', { ...hidden, decision: 'allow' })
    expect(locationOf(answer).address).toBe('/base/login')
    expect(await stored(deviceCode)).toMatchObject({ status: 'pending' })
  })

  it('is of no use once the device has waited too long', async () => {
    const { userCode, deviceCode } = await aDevice()
    const { browser } = await suite.aSignedInBrowser()
    const flow = pathOf(await type(browser, userCode))
    const deviceCodeHash = new Uint8Array(Buffer.from(sha256Hex(deviceCode), 'hex'))
    await suite.database.prisma.deviceAuthorization.update({
      where: { deviceCodeHash },
      data: { expiresAt: new Date() },
    })
    expect((await browser.get(flow)).status).toBe(410)
  })
})
