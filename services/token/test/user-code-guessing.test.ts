import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { hiddenFieldsOf } from '@latchkey/testkit'
import { anAddress, type DeviceSuite, startDeviceSuite } from './device-under-test.ts'

let devices: DeviceSuite
beforeAll(async () => {
  devices = await startDeviceSuite()
})
afterAll(() => devices.close())

describe('CHECKLIST 26: user_code guessing is limited (RFC 8628 §5.1)', () => {
  const wrongCode = 'BBBB-BBBB'
  const statuses = async (tries: readonly (() => ReturnType<DeviceSuite['type']>)[]) => {
    const answers = []
    for (const attempt of tries) answers.push(await attempt())
    return answers.map(answer => answer.status)
  }
  const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make)

  it('for an address, whatever browsers it has: twice as many, for it may be an office', async () => {
    const address = anAddress()
    const guess = () => devices.type(devices.suite.newBrowser(), wrongCode, address)
    expect(await statuses(times(11, () => guess))).toEqual([...times(10, () => 400), 429])
    const { userCode } = await devices.aDevice()
    const refused = await devices.type(devices.suite.newBrowser(), userCode, address)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('for a browser, whatever addresses it has', async () => {
    const browser = devices.suite.newBrowser()
    expect((await statuses(times(6, () => () => devices.type(browser, wrongCode)))).at(-1)).toBe(429)
  })

  it('for an account, whatever browsers and addresses it has (CHECKLIST 34)', async () => {
    const userId = createUuid()
    const guess = async () =>
      devices.type((await devices.suite.aSignedInBrowser({ userId })).browser, wrongCode)
    expect((await statuses(times(6, () => guess))).at(-1)).toBe(429)
  })

  it('twenty at once count as twenty', async () => {
    const browser = devices.suite.newBrowser()
    const hidden = hiddenFieldsOf(await (await browser.get('/oauth/device')).text())
    const post = () => browser.post('/oauth/device', { ...hidden, user_code: wrongCode }, anAddress())
    const answers = await Promise.all(times(20, post))
    expect(answers.filter(answer => answer.status === 400)).toHaveLength(5)
  })

  it('and right codes cost nothing', async () => {
    const { browser } = await devices.suite.aSignedInBrowser()
    const address = anAddress()
    for (const _ of times(8, () => 0)) {
      const { userCode } = await devices.aDevice()
      expect((await devices.type(browser, userCode, address)).status).toBe(303)
    }
  })
})
