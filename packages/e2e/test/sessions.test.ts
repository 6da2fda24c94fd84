/** GET and DELETE /auth/sessions (SPEC §2.2): what users see of their sessions, and how they end them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import { aPerson, createDevice, type Device, expected, inParallel } from '../src/person.ts'
import { problemIn } from '../src/problems.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

interface Session {
  readonly id: string
  readonly created_at: string
  readonly last_accessed: string
  readonly expires_at: string
  readonly ip_address: string
  readonly user_agent: string
  readonly device: string
  readonly current: boolean
  readonly active: boolean
}

let suite: Suite
let redis: Redis
beforeAll(async () => {
  suite = await sharedSuite()
  redis = new Redis(suite.redis_url)
})
afterAll(() => redis.disconnect())

const list = async (device: Device, bearer: string): Promise<readonly Session[]> => {
  const answer = await device.send('GET', '/auth/sessions', { bearer })
  const { sessions, total } = expected<{ sessions: Session[]; total: number }>(200, answer)
  expect(total).toBe(sessions.length)
  return sessions
}

const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

const withLaptop = async () => {
  const person = aPerson()
  const laptop = createDevice(suite, { userAgent: firefox })
  const { access_token: bearer, ...tokens } = await laptop.register(person)
  return { person, laptop, bearer, ...tokens }
}

describe('GET /auth/sessions', () => {
  it('shows each session with its device, its times, and which one is asking', async () => {
    const { person, laptop, bearer } = await withLaptop()
    await createDevice(suite, { userAgent: safari }).signIn(person)
    const sessions = await list(laptop, bearer)
    expect(sessions).toHaveLength(2)
    expect(sessions.find(({ current }) => current)).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      created_at: expect.stringMatching(/Z$/),
      last_accessed: expect.stringMatching(/Z$/),
      expires_at: expect.stringMatching(/Z$/),
      ip_address: '127.0.0.1',
      user_agent: firefox,
      device: 'Firefox on Linux',
      current: true,
      active: true,
    })
    expect(sessions.find(({ current }) => !current)).toMatchObject({
      device: 'Safari on iPhone',
      user_agent: safari,
    })
  })

  it('shows nobody the sessions of others', async () => {
    const { laptop, bearer } = await withLaptop()
    await withLaptop()
    expect(await list(laptop, bearer)).toHaveLength(1)
  })

  it('knows a device again: a second sign-in there renews its session', async () => {
    const { person, laptop, bearer } = await withLaptop()
    const [before] = await list(laptop, bearer)
    const again = await laptop.signIn(person)
    const sessions = await list(laptop, again.access_token)
    expect(sessions.map(({ id }) => id)).toEqual([before?.id])
  })

  it('moves the end of a session with its use', async () => {
    const { laptop, bearer } = await withLaptop()
    const [before] = await list(laptop, bearer)
    await eventually(
      async () => {
        const [now] = await list(laptop, bearer)
        expect(Date.parse(now?.last_accessed ?? '')).toBeGreaterThan(Date.parse(before?.last_accessed ?? ''))
        expect(Date.parse(now?.expires_at ?? '')).toBeGreaterThan(Date.parse(before?.expires_at ?? ''))
      },
      { timeoutMs: 20_000, intervalMs: 200 },
    )
  })

  it('keeps five sessions: a sixth device ends the one that was used least recently', async () => {
    const { person, laptop, bearer } = await withLaptop()
    const devices = [1, 2, 3, 4, 5].map(() => createDevice(suite))
    for (const device of devices) await device.signIn(person)
    expect((await laptop.send('GET', '/auth/me', { bearer })).status).toBe(401)
    const last = devices.at(-1) ?? laptop
    const { access_token } = await last.signIn(person)
    expect(await list(last, access_token)).toHaveLength(5)
  })

  it('keeps five where ten devices sign in at once', async () => {
    const { person } = await withLaptop()
    await inParallel(10, () => createDevice(suite).signIn(person))
    const device = createDevice(suite)
    const { access_token } = await device.signIn(person)
    expect(await list(device, access_token)).toHaveLength(5)
  })
})

describe('DELETE /auth/sessions/{id}', () => {
  it('ends one session, its tokens with it, and no other', async () => {
    const { person, laptop, bearer } = await withLaptop()
    const phone = createDevice(suite, { userAgent: safari })
    const onPhone = await phone.signIn(person)
    const other = (await list(laptop, bearer)).find(({ current }) => !current)
    const answer = await laptop.send('DELETE', `/auth/sessions/${other?.id}`, { bearer })
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' })

    expect((await phone.send('GET', '/auth/me', { bearer: onPhone.access_token })).status).toBe(401)
    expect((await phone.tryToRefresh(onPhone.refresh_token)).status).toBe(401)
    expect(await list(laptop, bearer)).toHaveLength(1)
  })

  it('may end the session that asks', async () => {
    const { laptop, bearer } = await withLaptop()
    const [own] = await list(laptop, bearer)
    expect((await laptop.send('DELETE', `/auth/sessions/${own?.id}`, { bearer })).status).toBe(204)
    expect((await laptop.send('GET', '/auth/me', { bearer })).status).toBe(401)
  })

  it("answers alike for another user's session, an ended one and one that never was", async () => {
    const { laptop, bearer } = await withLaptop()
    const stranger = await withLaptop()
    const [theirs] = await list(stranger.laptop, stranger.bearer)
    for (const id of [theirs?.id, '00000000-0000-4000-8000-000000000000', 'not-an-id', '%2e%2e', "';--"]) {
      const answer = await laptop.send('DELETE', `/auth/sessions/${id}`, { bearer })
      expect(problemIn(answer)).toMatchObject({ status: 404, code: 'NOT_FOUND' })
    }
    expect((await stranger.laptop.send('GET', '/auth/me', { bearer: stranger.bearer })).status).toBe(200)
  })
})

describe('DELETE /auth/sessions', () => {
  it('ends all the others and keeps the one that asks', async () => {
    const { person, laptop, bearer } = await withLaptop()
    const others = [createDevice(suite), createDevice(suite)]
    const tokens = await Promise.all(others.map(device => device.signIn(person)))
    const answer = await laptop.send('DELETE', '/auth/sessions', { bearer })
    expect({ status: answer.status, json: answer.json }).toEqual({ status: 200, json: { ended: 2 } })

    for (const { access_token, refresh_token } of tokens) {
      expect((await laptop.send('GET', '/auth/me', { bearer: access_token })).status).toBe(401)
      expect((await laptop.tryToRefresh(refresh_token)).status).toBe(401)
    }
    expect(await list(laptop, bearer)).toHaveLength(1)
    expect((await laptop.send('DELETE', '/auth/sessions', { bearer })).json).toEqual({ ended: 0 })
  })
})

describe('what operators see in Redis', () => {
  it('has session:{id} while a session lives, and how it ended in session_terminations', async () => {
    const { laptop, bearer, user } = await withLaptop()
    const [own] = await list(laptop, bearer)
    await eventually(async () => expect(await redis.exists(`session:${own?.id}`)).toBe(1))
    await laptop.send('POST', '/auth/logout', { bearer })
    await eventually(async () => {
      expect(await redis.exists(`session:${own?.id}`)).toBe(0)
      const endings = (await redis.lrange('session_terminations', 0, 1_000)).map(line => JSON.parse(line))
      expect(endings).toContainEqual({
        session_id: own?.id,
        user_id: user.id,
        reason: 'logout',
        original_ip: '127.0.0.1',
        new_ip: '127.0.0.1',
        at: expect.any(String),
      })
    })
  })

  it('has blacklist:{jti} for the access token that logged out, until it would have expired', async () => {
    const { laptop, bearer } = await withLaptop()
    const { jti }: { jti: string } = JSON.parse(
      Buffer.from(bearer.split('.')[1] ?? '', 'base64url').toString('utf8'),
    )
    await laptop.send('POST', '/auth/logout', { bearer })
    const seconds = await eventually(async () => {
      const ttl = await redis.ttl(`blacklist:${jti}`)
      expect(ttl).toBeGreaterThan(800)
      return ttl
    })
    expect(seconds).toBeLessThanOrEqual(900 + 60)
  })
})
