import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sha256Hex } from '@latchkey/runtime/crypto'
import { hiddenFieldsOf } from '@latchkey/testkit'
import { cookieNames, locationOf } from './authorize-under-test.ts'
import { type DeviceSuite, pathOf, startDeviceSuite } from './device-under-test.ts'

let devices: DeviceSuite
beforeAll(async () => {
  devices = await startDeviceSuite()
})
afterAll(() => devices.close())

describe('RFC 8628 §3.3: the code is typed', () => {
  it('is only filled in by the complete address, and nothing happens on GET (§3.3.1)', async () => {
    const { userCode, deviceCode } = await devices.aDevice()
    const { browser } = await devices.suite.aSignedInBrowser()
    const html = await (await browser.get(`/oauth/device?user_code=${userCode}`)).text()
    expect(html).toContain(`value="${userCode}"`)
    expect(html).not.toContain('Living room TV')
    expect(await devices.stored(deviceCode)).toMatchObject({ status: 'pending' })
  })

  it('is understood without its dash and in small letters', async () => {
    const { userCode } = await devices.aDevice()
    const { browser } = await devices.suite.aSignedInBrowser()
    expect((await devices.type(browser, ` ${userCode.replace('-', '').toLowerCase()} `)).status).toBe(303)
  })

  it('leads through the sign-in page, and back', async () => {
    const { userCode } = await devices.aDevice()
    const browser = devices.suite.newBrowser()
    const typed = await devices.type(browser, userCode)
    const flow = locationOf(typed).parameters.flow ?? ''
    const detour = await browser.get(pathOf(typed))
    expect(locationOf(detour)).toEqual({ address: '/base/login', parameters: { flow } })
    const described = await devices.suite.replica.client.getAuthorizationFlow({
      handle: flow,
      browser: browser.cookies.get(cookieNames.browser) ?? '',
    })
    expect(described).toMatchObject({ clientName: 'Living room TV', formAction: '' })
    await devices.suite.signIn(browser)
    const resumed = await browser.get(`/oauth/resume?flow=${flow}`)
    expect(locationOf(resumed)).toEqual({ address: '/base/oauth/device', parameters: { flow } })
    expect(await (await browser.get(pathOf(resumed))).text()).toContain(userCode)
  })

  it('is of no use in another browser', async () => {
    const { userCode } = await devices.aDevice()
    const flow = pathOf(await devices.type((await devices.suite.aSignedInBrowser()).browser, userCode))
    const answer = await (await devices.suite.aSignedInBrowser()).browser.get(flow)
    expect(answer.status).toBe(410)
    expect(await answer.text()).not.toContain(userCode)
  })

  it('keeps no code in the database on its way', async () => {
    const { userCode } = await devices.aDevice()
    await devices.type(devices.suite.newBrowser(), userCode)
    const flows = JSON.stringify(await devices.suite.database.prisma.authorizationFlow.findMany())
    expect(flows).not.toContain(userCode.replace('-', ''))
  })
})

describe('CHECKLIST 26: the confirmation shows client and code (RFC 8628 §5.4)', () => {
  it('and what it asks for, whose account it is, and a warning', async () => {
    const { userCode } = await devices.aDevice()
    const { browser } = await devices.suite.aSignedInBrowser()
    const answer = await browser.get(pathOf(await devices.type(browser, userCode)))
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
    const { userCode } = await devices.aDevice()
    const { browser } = await devices.suite.aSignedInBrowser()
    const flow = pathOf(await devices.type(browser, userCode))
    const html = await (await browser.get(flow, { 'accept-language': 'de-CH' })).text()
    expect(html).toContain('Living room TV verbinden?')
  })
})

describe('the decision', () => {
  it('lets the device in by 303, for the session of this browser, and is said so', async () => {
    const { userCode, deviceCode } = await devices.aDevice()
    const { browser, sessionId, userId } = await devices.suite.aSignedInBrowser()
    const answer = await devices.decide(browser, userCode, 'allow')
    expect(answer.status).toBe(303)
    expect(await (await browser.get(pathOf(answer))).text()).toContain('You can go back to your device.')
    const row = await devices.stored(deviceCode)
    const grant = {
      id: row.grantId,
      subject: userId,
      sessionId,
      clientId: devices.clientId,
      scope: 'openid profile',
      isOffline: false,
    }
    expect(row).toMatchObject({ status: 'approved', grant })
  })

  it('denies it', async () => {
    const { userCode, deviceCode } = await devices.aDevice()
    const { browser } = await devices.suite.aSignedInBrowser()
    const answer = await devices.decide(browser, userCode, 'deny')
    expect(await (await browser.get(pathOf(answer))).text()).toContain('The device was not connected')
    expect(await devices.stored(deviceCode)).toMatchObject({ status: 'denied', grant: null })
  })

  it('counts once, of twenty at a time', async () => {
    const { userCode, deviceCode } = await devices.aDevice()
    const { browser } = await devices.suite.aSignedInBrowser()
    const hidden = hiddenFieldsOf(
      await (await browser.get(pathOf(await devices.type(browser, userCode)))).text(),
    )
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        browser.post('/oauth/device', { ...hidden, decision: n % 2 === 0 ? 'allow' : 'deny' }),
      ),
    )
    expect(answers.filter(answer => answer.status === 303)).toHaveLength(1)
    expect(answers.filter(answer => answer.status === 410)).toHaveLength(19)
    expect((await devices.stored(deviceCode)).status).not.toBe('pending')
  })

  it('is refused from another browser, from another site, and with the form of the code (CHECKLIST 10)', async () => {
    const { userCode, deviceCode } = await devices.aDevice()
    const { browser } = await devices.suite.aSignedInBrowser()
    const codeForm = hiddenFieldsOf(await (await browser.get('/oauth/device')).text())
    const hidden = hiddenFieldsOf(
      await (await browser.get(pathOf(await devices.type(browser, userCode)))).text(),
    )
    const other = (await devices.suite.aSignedInBrowser()).browser
    await other.get('/oauth/device')
    const allowed = { ...hidden, decision: 'allow' }
    const answers = [
      await other.post('/oauth/device', allowed),
      await browser.post('/oauth/device', { ...allowed, csrf: codeForm.csrf ?? '' }),
      await browser.post('/oauth/device', allowed, { 'sec-fetch-site': 'cross-site' }),
      await browser.post('/oauth/device', allowed, { origin: 'https://evil.example' }),
    ]
    expect(answers.map(answer => answer.status)).toEqual([403, 403, 403, 403])
    expect(await devices.stored(deviceCode)).toMatchObject({ status: 'pending' })
  })

  it('is refused once somebody else has signed in than the page has named (CHECKLIST 10)', async () => {
    const { userCode, deviceCode } = await devices.aDevice()
    const { browser } = await devices.suite.aSignedInBrowser()
    const flow = pathOf(await devices.type(browser, userCode))
    const hidden = hiddenFieldsOf(await (await browser.get(flow)).text())
    const { userId } = await devices.suite.signIn(browser)
    const answer = await browser.post('/oauth/device', { ...hidden, decision: 'allow' })
    expect(answer.status).toBe(403)
    expect(await devices.stored(deviceCode)).toMatchObject({ status: 'pending' })
    const again = hiddenFieldsOf(await (await browser.get(flow)).text())
    expect((await browser.post('/oauth/device', { ...again, decision: 'allow' })).status).toBe(303)
    expect(await devices.stored(deviceCode)).toMatchObject({ status: 'approved', grant: { subject: userId } })
  })

  it('needs somebody who is signed in still', async () => {
    const { userCode, deviceCode } = await devices.aDevice()
    const { browser, sessionId } = await devices.suite.aSignedInBrowser()
    const hidden = hiddenFieldsOf(
      await (await browser.get(pathOf(await devices.type(browser, userCode)))).text(),
    )
    await devices.suite.redis.set(`session_ended:${sessionId}`, 'logout')
    const answer = await browser.post('/oauth/device', { ...hidden, decision: 'allow' })
    expect(locationOf(answer).address).toBe('/base/login')
    expect(await devices.stored(deviceCode)).toMatchObject({ status: 'pending' })
  })

  it('is of no use once the device has waited too long', async () => {
    const { userCode, deviceCode } = await devices.aDevice()
    const { browser } = await devices.suite.aSignedInBrowser()
    const flow = pathOf(await devices.type(browser, userCode))
    const deviceCodeHash = new Uint8Array(Buffer.from(sha256Hex(deviceCode), 'hex'))
    await devices.suite.database.prisma.deviceAuthorization.update({
      where: { deviceCodeHash },
      data: { expiresAt: new Date() },
    })
    expect((await browser.get(flow)).status).toBe(410)
  })
})
