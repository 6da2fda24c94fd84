/** POST /auth/login and the lockout (SPEC §2.2; CHECKLIST 34, 35). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import type { Answer } from '../src/call.ts'
import { aPerson, createDevice, inParallel, type Person, statusesOf } from '../src/person.ts'
import { problemIn } from '../src/problems.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const registered = async (): Promise<Person> => {
  const person = aPerson()
  await createDevice(suite).register(person)
  return person
}

const guess = (email: string, password = 'Wrong-Guess-1!') =>
  createDevice(suite).tryToSignIn({ email, password })

/** What could tell two answers apart, but for what differs from one answer to the next. */
const appearance = ({ status, headers, text }: Answer) => {
  const { 'x-request-id': requestId = '', date: _, ...others } = headers
  return { status, headers: others, text: text.replace(String(requestId), '<id>') }
}

describe('POST /auth/login', () => {
  it('gives tokens for the right password', async () => {
    const person = await registered()
    const answer = await createDevice(suite).tryToSignIn(person)
    expect(answer.status).toBe(200)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.json).toEqual({
      user: expect.objectContaining({ email: person.email, name: person.name }),
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      refresh_expires_in: 604_800,
    })
  })

  it('knows an address in whatever case it is written, and a password only as it is', async () => {
    const person = await registered()
    await createDevice(suite).signIn({ ...person, email: person.email.toUpperCase() })
    expect((await guess(person.email, person.password.toLowerCase())).status).toBe(401)
  })

  it('answers a wrong password and an unknown address alike, to the letter (ASVS 6.3.8)', async () => {
    const person = await registered()
    const wrong = await guess(person.email)
    const unknown = await guess(aPerson().email)
    expect(problemIn(wrong)).toMatchObject({
      status: 401,
      code: 'INVALID_CREDENTIALS',
      detail: 'Invalid email or password',
    })
    expect(appearance(unknown)).toEqual(appearance(wrong))
  })

  it('marks the device with a cookie that scripts and other sites never see', async () => {
    const person = await registered()
    const [cookie] = (await createDevice(suite).tryToSignIn(person)).headers['set-cookie'] ?? []
    expect(cookie).toMatch(/^latchkey_device=[\w-]{43}; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/)
    expect((await guess(person.email)).headers['set-cookie']).toBeUndefined()
  })

  it('remembers for a week where asked to, and for an hour where not', async () => {
    const person = await registered()
    const hours = async (remember: boolean | undefined): Promise<number> => {
      const device = createDevice(suite)
      const { json } = await device.send('POST', '/auth/login', {
        json: { ...person, name: undefined, remember_me: remember },
      })
      const { access_token }: { access_token: string } = Object(json)
      const listed = await device.send('GET', '/auth/sessions', { bearer: access_token })
      const { sessions }: { sessions: { current: boolean; created_at: string; expires_at: string }[] } =
        Object(listed.json)
      const current = sessions.find(session => session.current)
      return (Date.parse(current?.expires_at ?? '') - Date.parse(current?.created_at ?? '')) / 3_600_000
    }
    expect(await hours(true)).toBeCloseTo(168, 1)
    expect(await hours(false)).toBeCloseTo(1, 1)
    expect(await hours(undefined)).toBeCloseTo(1, 1)
  })
})

describe('lockout: five failures lock an address', () => {
  it.each(['known', 'unknown'])('locks a %s address at the sixth, and says for how long', async kind => {
    const person = kind === 'known' ? await registered() : aPerson()
    for (const _ of [1, 2, 3, 4, 5]) expect((await guess(person.email)).status).toBe(401)
    const sixth = await guess(person.email)
    expect(problemIn(sixth)).toMatchObject({
      status: 429,
      code: 'ACCOUNT_LOCKED',
      detail: 'Account temporarily locked',
    })
    const retryAfter = Number(sixth.headers['retry-after'])
    expect(retryAfter).toBeGreaterThan(1_700)
    expect(retryAfter).toBeLessThanOrEqual(1_800)
  })

  it('takes the right password no more, from a device that nobody knows', async () => {
    const person = await registered()
    for (const _ of [1, 2, 3, 4, 5]) await guess(person.email)
    expect((await createDevice(suite).tryToSignIn(person)).status).toBe(429)
  })

  it('counts twenty parallel guesses as twenty: five are looked at', async () => {
    const person = await registered()
    const answers = await inParallel(20, () => guess(person.email))
    expect(statusesOf(answers)).toEqual([...Array<number>(5).fill(401), ...Array<number>(15).fill(429)])
  })

  it('never takes one of twenty parallel guesses that comes after the fifth, right as it may be', async () => {
    const person = await registered()
    for (const _ of [1, 2, 3, 4, 5]) await guess(person.email)
    const answers = await inParallel(20, index =>
      createDevice(suite).tryToSignIn(index % 2 === 0 ? person : { ...person, password: 'Wrong-Guess-1!' }),
    )
    expect(statusesOf(answers)).toEqual(Array<number>(20).fill(429))
  })

  it('lets the owner in on a device that they have signed in from, whatever strangers do', async () => {
    const person = aPerson()
    const own = createDevice(suite)
    await own.register(person)
    for (const _ of [1, 2, 3, 4, 5, 6]) await guess(person.email)
    expect((await createDevice(suite).tryToSignIn(person)).status).toBe(429)
    await own.signIn(person)
  })

  it('limits a known device too', async () => {
    const person = aPerson()
    const own = createDevice(suite)
    await own.register(person)
    for (const _ of [1, 2, 3, 4, 5]) await own.tryToSignIn({ ...person, password: 'Wrong-Guess-1!' })
    expect((await own.tryToSignIn(person)).status).toBe(429)
    await createDevice(suite).signIn(person)
  })

  it('is not shared by a cookie that was made up', async () => {
    const person = await registered()
    for (const _ of [1, 2, 3, 4, 5]) await guess(person.email)
    const stranger = createDevice(suite, { headers: { Cookie: `latchkey_device=${'A'.repeat(43)}` } })
    expect((await stranger.tryToSignIn(person)).status).toBe(429)
  })

  it('forgets failures when the right password comes in time', async () => {
    const person = await registered()
    for (const _ of [1, 2, 3, 4]) await guess(person.email)
    await createDevice(suite).signIn(person)
    for (const _ of [1, 2, 3, 4]) expect((await guess(person.email)).status).toBe(401)
    await createDevice(suite).signIn(person)
  })

  it('counts the wrong current password of a password change as well', async () => {
    const person = aPerson()
    const device = createDevice(suite)
    const { access_token: bearer } = await device.register(person)
    const change = () =>
      device.send('PUT', '/auth/password', {
        bearer,
        json: { current_password: 'Wrong-Guess-1!', new_password: 'Quite-Another-2!' },
      })
    for (const _ of [1, 2, 3, 4, 5]) expect((await change()).status).toBe(400)
    expect(problemIn(await change())).toMatchObject({ status: 429, code: 'ACCOUNT_LOCKED' })
  })

  describe('in Redis', () => {
    let redis: Redis
    beforeAll(() => {
      redis = new Redis(suite.redis_url)
    })
    afterAll(() => redis.disconnect())

    it('shows failures as failed_login:{email}, with the time that is left', async () => {
      const person = await registered()
      for (const _ of [1, 2, 3]) await guess(person.email)
      const key = `failed_login:${person.email}`
      await eventually(async () => expect(await redis.get(key)).toBe('3'))
      expect(await redis.ttl(key)).toBeLessThanOrEqual(1_800)
    })

    it('locks by the word of Postgres: deleting the key unlocks nobody', async () => {
      const person = await registered()
      for (const _ of [1, 2, 3, 4, 5]) await guess(person.email)
      await eventually(async () => expect(await redis.del(`failed_login:${person.email}`)).toBe(1))
      expect((await guess(person.email)).status).toBe(429)
    })
  })
})
