/** GET, PATCH and DELETE /auth/me (SPEC §2.2). */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { aPerson, createDevice, inParallel, statusesOf } from '../src/person.ts'
import { problemIn, refusedFields } from '../src/problems.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const somebody = async () => {
  const person = aPerson()
  const device = createDevice(suite)
  const signedIn = await device.register(person)
  const me = (method: string, json?: unknown) =>
    device.send(method, '/auth/me', {
      bearer: signedIn.access_token,
      ...(json === undefined ? {} : { json }),
    })
  return { person, device, signedIn, me }
}

describe('GET /auth/me', () => {
  it('is the profile of the bearer, and nothing of their password', async () => {
    const { person, signedIn, me } = await somebody()
    const answer = await me('GET')
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual(signedIn.user)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(Object.keys(Object(answer.json)).sort()).toEqual([
      'created_at',
      'email',
      'email_verified',
      'id',
      'metadata',
      'name',
      'updated_at',
    ])
    expect(answer.text).not.toContain(person.password)
  })

  it('answers HEAD as GET without a body', async () => {
    const { device, signedIn } = await somebody()
    const head = await device.send('HEAD', '/auth/me', { bearer: signedIn.access_token })
    expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' })
  })
})

describe('PATCH /auth/me', () => {
  it('changes the name and the metadata, each alone and for good', async () => {
    const { me } = await somebody()
    expect((await me('PATCH', { name: 'New Name' })).json).toMatchObject({ name: 'New Name', metadata: {} })
    expect((await me('PATCH', { metadata: { theme: 'dark' } })).json).toMatchObject({
      name: 'New Name',
      metadata: { theme: 'dark' },
    })
    expect((await me('GET')).json).toMatchObject({ name: 'New Name', metadata: { theme: 'dark' } })
    expect((await me('PATCH', { metadata: {} })).json).toMatchObject({ metadata: {} })
  })

  it('says when the profile was changed last', async () => {
    const { me } = await somebody()
    const { updated_at, created_at }: { updated_at: string; created_at: string } = Object(
      (await me('PATCH', { name: 'New Name' })).json,
    )
    expect(Date.parse(updated_at)).toBeGreaterThan(Date.parse(created_at))
  })

  it.each([
    ['email', { email: 'other@example.com' }],
    ['id', { id: '00000000-0000-4000-8000-000000000000' }],
    ['email_verified', { email_verified: true }],
    ['is_admin', { is_admin: true }],
    ['password', { password: 'Another-Pass-1!' }],
  ])('refuses %s, which is not for the user to set here', async (field, change) => {
    const { me, signedIn } = await somebody()
    expect(refusedFields(await me('PATCH', change))).toEqual([`${field}: unknown_member`])
    expect((await me('GET')).json).toEqual(signedIn.user)
  })

  it('refuses a change as a whole when one part of it is wrong', async () => {
    const { me, signedIn } = await somebody()
    const answer = await me('PATCH', { name: 'New Name', metadata: 'text' })
    expect(refusedFields(answer)).toEqual(['metadata: invalid_type'])
    expect((await me('GET')).json).toEqual(signedIn.user)
  })
})

describe('DELETE /auth/me', () => {
  it('needs the password once more, and takes no wrong one', async () => {
    const { me } = await somebody()
    expect(refusedFields(await me('DELETE', {}))).toEqual(['password: required'])
    expect(problemIn(await me('DELETE', { password: 'Wrong-Guess-1!' }))).toMatchObject({
      status: 400,
      code: 'INVALID_CREDENTIALS',
    })
    expect((await me('GET')).status).toBe(200)
  })

  it('ends every session, every token and the account, and frees the address', async () => {
    const { person, device, signedIn, me } = await somebody()
    const phone = createDevice(suite)
    const onPhone = await phone.signIn(person)
    expect((await me('DELETE', { password: person.password })).status).toBe(204)

    expect((await me('GET')).status).toBe(401)
    expect((await phone.send('GET', '/auth/me', { bearer: onPhone.access_token })).status).toBe(401)
    expect((await device.tryToRefresh(signedIn.refresh_token)).status).toBe(401)
    expect((await phone.tryToRefresh(onPhone.refresh_token)).status).toBe(401)
    expect((await createDevice(suite).tryToSignIn(person)).status).toBe(401)

    const { user } = await createDevice(suite).register(person)
    expect(user.id).not.toBe(signedIn.user.id)
  })

  it('happens once, however often it is asked for at once', async () => {
    const { person, me } = await somebody()
    const answers = await inParallel(5, () => me('DELETE', { password: person.password }))
    expect(statusesOf(answers).filter(status => status === 204)).toHaveLength(1)
    expect(answers.every(({ status }) => status < 500)).toBe(true)
  })
})

describe('a bearer of /auth/me', () => {
  it.each([
    ['none', {}, 'Bearer realm="api"'],
    ['another scheme', { Authorization: 'Basic am86cGFzcw==' }, 'Bearer realm="api"'],
    ['no token', { Authorization: 'Bearer' }, undefined],
    ['nonsense', { Authorization: 'Bearer nonsense' }, undefined],
    ['two tokens', { Authorization: 'Bearer a b' }, undefined],
  ])('is refused with a challenge: %s', async (_, headers, challenge) => {
    const answer = await createDevice(suite).send('GET', '/auth/me', { headers })
    expect(problemIn(answer)).toMatchObject({ status: 401, code: 'INVALID_TOKEN', detail: 'Invalid token' })
    expect(answer.headers['www-authenticate']).toEqual(challenge ?? expect.stringMatching(/^Bearer/))
  })

  it('is refused where two are sent: which one counts would be a guess', async () => {
    const { device, signedIn } = await somebody()
    const bearer = `Bearer ${signedIn.access_token}`
    const answer = await device.send('GET', '/auth/me', { headers: { Authorization: [bearer, bearer] } })
    expect(answer.status).toBe(401)
  })

  it('is never taken from the query string (draft OAuth 2.1 §5.1)', async () => {
    const { device, signedIn } = await somebody()
    for (const name of ['access_token', 'token', 'bearer']) {
      const answer = await device.send('GET', `/auth/me?${name}=${signedIn.access_token}`)
      expect(answer.status).toBe(401)
    }
  })

  it('is taken in whatever case its scheme is written (RFC 9110 §11.1)', async () => {
    const { device, signedIn } = await somebody()
    const headers = { Authorization: `bEaReR ${signedIn.access_token}` }
    expect((await device.send('GET', '/auth/me', { headers })).status).toBe(200)
  })
})
