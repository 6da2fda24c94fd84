/** A device that asks to be let in, and the browsers in which its code is typed. */
import { sha256Hex } from '@latchkey/runtime/crypto'
import { hiddenFieldsOf } from '@latchkey/testkit'
import { type AuthorizeSuite, startAuthorizeSuite } from './authorize-under-test.ts'

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

type Browser = ReturnType<AuthorizeSuite['newBrowser']>

const form = { 'content-type': 'application/x-www-form-urlencoded' }

// An address for each test, so that none eats another's attempts.
let addresses = 0
export const anAddress = () => {
  addresses += 1
  return { 'x-forwarded-for': `198.51.100.${addresses}` }
}

export const pathOf = (answer: Awaited<ReturnType<Browser['get']>>) =>
  String(answer.headers.get('location')).replace(/^\/base/, '')

export const startDeviceSuite = async () => {
  const suite = await startAuthorizeSuite({ USER_CODE_MAX_ATTEMPTS: '5' })
  const { id: clientId } = await suite.newClient({
    name: 'Living room TV',
    metadata: { grant_types: [deviceGrant, 'refresh_token'] },
  })

  const start = async (parameters: Record<string, string> = {}, headers: Record<string, string> = {}) => {
    const body = new URLSearchParams({ client_id: clientId, scope: 'openid profile', ...parameters })
    const answer = await suite.replica.post('/oauth/device_authorization', body.toString(), {
      ...form,
      ...headers,
    })
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

  /** What somebody does who opens the page and types a code. */
  const type = async (browser: Browser, user_code: string, headers: Record<string, string> = anAddress()) => {
    const hidden = hiddenFieldsOf(await (await browser.get('/oauth/device')).text())
    return browser.post('/oauth/device', { ...hidden, user_code }, headers)
  }

  const decide = async (browser: Browser, userCode: string, decision: string) => {
    const asked = await browser.get(pathOf(await type(browser, userCode)))
    const hidden = hiddenFieldsOf(await asked.text())
    return browser.post('/oauth/device', { ...hidden, decision })
  }

  const stored = (deviceCode: string) =>
    suite.database.prisma.deviceAuthorization.findUniqueOrThrow({
      where: { deviceCodeHash: new Uint8Array(Buffer.from(sha256Hex(deviceCode), 'hex')) },
    })

  return { suite, clientId, start, aDevice, type, decide, stored, close: () => suite.close() }
}

export type DeviceSuite = Awaited<ReturnType<typeof startDeviceSuite>>
