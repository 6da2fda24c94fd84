import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'

let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

const noticesTo = async (email: string) => {
  await identity.relayed()
  return identity.neighbours.notification.messages.filter(
    ({ recipient, template }) => recipient === email && template === 'new_device',
  ).length
}

describe('ASVS 6.3.5: a sign-in from a device that is new', () => {
  it('is told to the owner; one from a device that is known is not, nor is the first', async () => {
    const { email, cookie } = await identity.register()
    expect(await noticesTo(email)).toBe(0)
    await identity.login(email, goodPassword, { headers: { cookie } })
    expect(await noticesTo(email)).toBe(0)
    await identity.login(email, goodPassword)
    expect(await noticesTo(email)).toBe(1)
  })

  it('is not told when the password was wrong', async () => {
    const { email } = await identity.register()
    await identity.login(email, 'Wrong-Harbour-1!')
    expect(await noticesTo(email)).toBe(0)
  })

  it('is told a few times an hour at most: a program without cookies is new each time', async () => {
    const { email } = await identity.register()
    for (let time = 0; time < 6; time += 1) await identity.login(email, goodPassword)
    expect(await noticesTo(email)).toBe(3)
  })
})
