/** POST /auth/logout (SPEC §2.2): what was ended is refused at once, everywhere. */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { aPerson, createDevice, inParallel } from '../src/person.ts'
import { problemIn } from '../src/problems.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const somebody = async () => {
  const person = aPerson()
  const device = createDevice(suite)
  return { person, device, tokens: await device.register(person) }
}

describe('POST /auth/logout', () => {
  it('answers 204 without a body', async () => {
    const { device, tokens } = await somebody()
    const answer = await device.send('POST', '/auth/logout', { bearer: tokens.access_token })
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' })
  })

  it('ends the access token at once, on every route', async () => {
    const { device, tokens } = await somebody()
    const bearer = tokens.access_token
    await device.send('POST', '/auth/logout', { bearer })
    for (const [method, path] of [
      ['GET', '/auth/me'],
      ['GET', '/auth/sessions'],
      ['DELETE', '/auth/sessions'],
      ['PUT', '/auth/password'],
      ['POST', '/auth/logout'],
    ] as const) {
      const answer = await device.send(method, path, { bearer })
      expect(problemIn(answer)).toMatchObject({ status: 401, detail: 'Invalid token' })
    }
  })

  it('ends the access tokens that were refreshed in the session, too', async () => {
    const { device, tokens } = await somebody()
    const refreshed = await device.refresh(tokens.refresh_token)
    await device.send('POST', '/auth/logout', { bearer: tokens.access_token })
    expect((await device.send('GET', '/auth/me', { bearer: refreshed.access_token })).status).toBe(401)
  })

  it('ends the refresh token at once', async () => {
    const { device, tokens } = await somebody()
    await device.send('POST', '/auth/logout', { bearer: tokens.access_token })
    expect(problemIn(await device.tryToRefresh(tokens.refresh_token))).toMatchObject({
      status: 401,
      code: 'INVALID_REFRESH_TOKEN',
      detail: 'Invalid or expired refresh token',
    })
  })

  it('leaves the sessions of other devices alone', async () => {
    const { person, device, tokens } = await somebody()
    const phone = createDevice(suite)
    const onPhone = await phone.signIn(person)
    await device.send('POST', '/auth/logout', { bearer: tokens.access_token })
    expect((await phone.send('GET', '/auth/me', { bearer: onPhone.access_token })).status).toBe(200)
    await phone.refresh(onPhone.refresh_token)
  })

  it('lets nobody slip through who asks while it happens', async () => {
    const { device, tokens } = await somebody()
    const bearer = tokens.access_token
    await inParallel(10, index =>
      index === 5
        ? device.send('POST', '/auth/logout', { bearer })
        : device.send('GET', '/auth/me', { bearer }),
    )
    expect((await device.send('GET', '/auth/me', { bearer })).status).toBe(401)
    expect((await device.tryToRefresh(tokens.refresh_token)).status).toBe(401)
  })

  it('needs a bearer, and takes no refresh token for one', async () => {
    const { device, tokens } = await somebody()
    expect((await device.send('POST', '/auth/logout')).status).toBe(401)
    expect((await device.send('POST', '/auth/logout', { bearer: tokens.refresh_token })).status).toBe(401)
    expect((await device.send('GET', '/auth/me', { bearer: tokens.access_token })).status).toBe(200)
  })
})
