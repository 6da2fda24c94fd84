/** Sessions with judgement (SPEC §2.2): what users live through whose address changes, and whose session is stolen. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, hiddenFieldsOf, writeMmdb } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { decodeJwt } from 'jose'
import pg from 'pg'
import { call } from '../src/call.ts'
import { mailsTo } from '../src/mails.ts'
import { aPerson, createDevice, expected } from '../src/person.ts'
import { type OwnSuite, startSuite } from '../src/suite.ts'

interface Session {
  readonly id: string
  readonly ip_address: string
  /** Where its owner was asked whether it is theirs. */
  readonly review?: { readonly reason: string; readonly until: string }
}

const home = '203.0.113.7'
const mobile = ['192.0.2.1', '192.0.2.130', '192.0.2.77']
const newYork = '198.51.100.30'
const tokyo = '198.18.0.40'
const nowhere = '2001:db8:77::1'

let suite: OwnSuite
let redis: Redis
let database: pg.Pool
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'places-'))
  const aCity = (country: string, latitude: number, longitude: number) => ({
    country: { iso_code: country },
    location: { latitude, longitude, accuracy_radius: 50 },
  })
  await writeMmdb(join(folder, 'city.mmdb'), {
    '203.0.113.0/24': aCity('DE', 52.52, 13.4),
    '192.0.2.0/24': aCity('DE', 50.11, 8.68),
    '198.51.100.0/24': aCity('US', 40.71, -74),
    '198.18.0.0/24': aCity('JP', 35.68, 139.69),
  })
  suite = await startSuite({
    settings: {
      TRUSTED_PROXIES: '127.0.0.0/8',
      GEOIP_DATABASE: join(folder, 'city.mmdb'),
      SESSION_FLUSH_SECONDS: '1',
      SESSION_REVIEW_GRACE_SECONDS: '600',
    },
  })
  redis = new Redis(suite.redis_url)
  database = new pg.Pool({
    connectionString: suite.database_url,
    options: '-c search_path=latchkey_session',
  })
})
afterAll(async () => {
  redis.disconnect()
  await database.end()
  await suite.stop()
  await rm(folder, { recursive: true })
})

const from = (address: string) => ({ 'X-Forwarded-For': address })

/** One after the other: all at once, on a busy machine, they take longer than services wait for each other. */
const inTurn = (() => {
  let before: Promise<unknown> = Promise.resolve()
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = before.then(work)
    before = done.catch(() => undefined)
    return done
  }
})()

const signInAtHome = async () => {
  const person = aPerson()
  const device = createDevice(suite, { headers: from(home) })
  const tokens = await inTurn(() => device.register(person))
  const bearer = tokens.access_token
  const { sid } = decodeJwt<{ sid: string }>(bearer)
  const use = (address: string) => device.send('GET', '/auth/me', { bearer, headers: from(address) })
  /** The session as its owner sees it, from where it is used. */
  const look = async (address: string): Promise<Session | undefined> => {
    const answer = await device.send('GET', '/auth/sessions', { bearer, headers: from(address) })
    return expected<{ sessions: Session[] }>(200, answer).sessions[0]
  }
  /** Uses the session from there, and waits until that has been looked at. */
  const goTo = async (address: string): Promise<void> => {
    expected(200, await use(address))
    await eventually(async () => {
      const { rows } = await database.query('SELECT ip_address FROM sessions WHERE id = $1', [sid])
      expect(rows).toEqual([{ ip_address: address }])
    })
  }
  return { person, device, bearer, tokens, use, look, goTo }
}

const reviewLink = (email: string): Promise<URL> =>
  eventually(
    async () => {
      const links = (await mailsTo(suite, email)).flatMap(mail => mail.links)
      const link = links.find(each => each.includes('/sessions/not-me?'))
      if (link === undefined) throw new Error('no mail yet')
      return new URL(link)
    },
    { timeoutMs: 20_000, intervalMs: 200 },
  )

const answerLink = async (url: URL, decision: 'me' | 'not_me') => {
  const page = await call(suite.gateway, 'GET', `${url.pathname}${url.search}`)
  expect(page.status).toBe(200)
  return call(suite.gateway, 'POST', url.pathname, {
    body: new URLSearchParams({ ...hiddenFieldsOf(page.text), decision }).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  })
}

const terminationOf = (id: string | undefined) =>
  eventually(
    async () => {
      const latest = await redis.lrange('session_terminations', 0, 100)
      const found = latest.map(entry => JSON.parse(entry)).find(entry => entry.session_id === id)
      if (found === undefined) throw new Error('not there yet')
      return found as Record<string, unknown>
    },
    { timeoutMs: 20_000 },
  )

/** As if the time had passed that its owner has for an answer; the others have theirs, on a busy machine too. */
const passGrace = (id: string | undefined) =>
  database.query("UPDATE sessions SET review_until = now() - interval '1 second' WHERE id = $1", [id])

/** A session that was used from places that nobody can have gone to. */
const aSuspiciousOne = async () => {
  const user = await signInAtHome()
  await user.goTo(newYork)
  await user.goTo(tokyo)
  const session = await eventually(async () => {
    const seen = await user.look(tokyo)
    expect(seen?.review).toEqual({ reason: 'impossible_travel', until: expect.any(String) })
    return seen
  })
  return { ...user, session }
}

// Each has a user of its own, and waits most of the time: side by side.
describe('a session whose address changes', () => {
  it.concurrent('goes on by the mobile carrier, by a tunnel that goes up and down, and at home', async () => {
    const { goTo, look, device, tokens } = await signInAtHome()
    for (const address of [...mobile, home, newYork, home]) await goTo(address)
    // Nobody switches a tunnel more quickly than that.
    await delay(10_500)
    for (const address of [newYork, home]) await goTo(address)
    const session = await look(home)
    expect([session?.ip_address, session?.review]).toEqual([home, undefined])
    await device.refresh(tokens.refresh_token)
  })

  it.concurrent('used where nobody can have gone, goes on for its grace, ends unconfirmed, and a sign-in brings it back', async () => {
    const { person, device, use, tokens, session } = await aSuspiciousOne()
    expect((await use(tokyo)).status).toBe(200)
    await passGrace(session?.id)
    await eventually(async () => expect((await use(tokyo)).status).toBe(401), {
      timeoutMs: 45_000,
      intervalMs: 500,
    })
    expect((await device.tryToRefresh(tokens.refresh_token)).status).toBe(401)
    expect(await terminationOf(session?.id)).toMatchObject({
      reason: 'unconfirmed',
      original_ip: home,
      new_ip: tokyo,
    })
    const again = await device.signIn(person)
    expect((await device.send('GET', '/auth/me', { bearer: again.access_token })).status).toBe(200)
  })

  it.concurrent('used where nobody can have gone, goes on when the owner says that it was them, and the place is known', async () => {
    const { person, look, goTo } = await aSuspiciousOne()
    expect((await answerLink(await reviewLink(person.email), 'me')).status).toBe(303)
    expect((await look(tokyo))?.review).toBeUndefined()
    for (const address of [home, tokyo, newYork, tokyo]) await goTo(address)
    expect((await look(tokyo))?.review).toBeUndefined()
  })

  it.concurrent('used where nobody can have gone, goes on when the owner proves who they are from there', async () => {
    const { person, device, bearer, look } = await aSuspiciousOne()
    const json = { password: person.password }
    const prove = (address: string) =>
      device.send('POST', '/auth/reauthenticate', { bearer, json, headers: from(address) })
    // At home it says nothing about the use elsewhere.
    expect((await prove(home)).status).toBe(204)
    expect((await look(tokyo))?.review).toBeDefined()
    expect((await prove(tokyo)).status).toBe(204)
    expect((await look(tokyo))?.review).toBeUndefined()
  })

  it.concurrent('used where nobody can have gone, ends at once when the owner says that it wasn’t them, and the password opens nothing until it is reset', async () => {
    const { person, device, use, tokens, session } = await aSuspiciousOne()
    const url = await reviewLink(person.email)
    expect((await answerLink(url, 'not_me')).status).toBe(303)
    expect((await use(tokyo)).status).toBe(401)
    expect((await device.tryToRefresh(tokens.refresh_token)).status).toBe(401)
    expect(await terminationOf(session?.id)).toMatchObject({ reason: 'not_me' })
    expect(await device.tryToSignIn(person)).toMatchObject({
      status: 403,
      json: { code: 'PASSWORD_RESET_REQUIRED' },
    })
    const token = await eventually(
      async () => {
        const links = (await mailsTo(suite, person.email)).flatMap(mail => mail.links)
        const link = links.find(each => each.includes('/reset-password?'))
        if (link === undefined) throw new Error('no mail yet')
        return new URL(link).searchParams.get('token')
      },
      { timeoutMs: 20_000, intervalMs: 200 },
    )
    const json = { token, new_password: 'Fresh-Harbour-42!' }
    expected(200, await call(suite.gateway, 'POST', '/auth/password/reset/confirm', { json }))
    await device.signIn({ ...person, password: 'Fresh-Harbour-42!' })
    expect((await call(suite.gateway, 'GET', `${url.pathname}${url.search}`)).status).toBe(400)
  })

  it.concurrent('may move twice to where no database of places knows, as IP_CHANGE_THRESHOLD says', async () => {
    const { goTo, look } = await signInAtHome()
    await goTo(nowhere)
    await goTo('2001:db8:78::1')
    expect((await look('2001:db8:78::1'))?.review).toBeUndefined()
    await goTo('2001:db8:79::1')
    expect((await look('2001:db8:79::1'))?.review).toMatchObject({ reason: 'unknown_address' })
  })
})
