import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { cookieOf, goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { createVisitor } from './pages-visitor.ts'

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

  it('is told with a link by which the owner disowns that session, and its device is new again', async () => {
    const { email, id } = await identity.register()
    const answer = await identity.login(email, goodPassword)
    expect(await noticesTo(email)).toBe(1)
    const mail = identity.neighbours.notification.messages.find(
      ({ recipient, template }) => recipient === email && template === 'new_device',
    )
    const { token = '' } = await identity.unseal(String(mail?.sealedData))
    const visitor = createVisitor(identity)
    const page = await visitor.open(`/sessions/not-me?token=${token}`)
    expect(page.text).not.toContain('It was me')
    expect((await visitor.submit(page, { decision: 'not_me' })).status).toBe(303)
    const sessions = identity.neighbours.session.sessions.filter(({ userId }) => userId === id)
    expect(sessions.map(({ endReason }) => endReason)).toEqual([undefined, 'not_me'])
    const again = await identity.login(email, goodPassword, { headers: { cookie: cookieOf(answer) } })
    expect(again).toMatchObject({ status: 403, body: { code: 'PASSWORD_RESET_REQUIRED' } })
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
