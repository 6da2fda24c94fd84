/** POST /auth/refresh on two token replicas (SPEC §2.1, §2.2; draft OAuth 2.1 §4.3.1; CHECKLIST 18, 19). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import pg from 'pg'
import { readCount } from '../src/faults/replica-metrics.ts'
import { aPerson, createDevice, expected, inParallel, statusesOf, type Tokens } from '../src/person.ts'
import { problemIn, refusedFields } from '../src/problems.ts'
import { type OwnSuite, startSuite, withoutLimits } from '../src/suite.ts'

// Longer than a busy machine takes for anything that is to happen within it.
const graceSeconds = 60

let suite: OwnSuite
let database: pg.Pool
beforeAll(async () => {
  suite = await startSuite({
    replicas: { token: 2 },
    settings: { ...withoutLimits, REFRESH_GRACE_SECONDS: String(graceSeconds) },
  })
  database = new pg.Pool({
    connectionString: suite.database_url,
    options: '-c search_path=latchkey_token',
  })
})
afterAll(async () => {
  await database.end()
  await suite.stop()
})

const somebody = async () => {
  const person = aPerson()
  const device = createDevice(suite)
  return { person, device, tokens: await device.register(person) }
}

/** As if so much time had passed since each rotation. */
const graceIsOver = () =>
  database.query('UPDATE refresh_families SET rotated_at = rotated_at - make_interval(secs => $1)', [
    graceSeconds,
  ])

const refused = { status: 401, code: 'INVALID_REFRESH_TOKEN', detail: 'Invalid or expired refresh token' }

describe('POST /auth/refresh', () => {
  it('gives the next pair, never to be stored', async () => {
    const { device, tokens } = await somebody()
    const answer = await device.tryToRefresh(tokens.refresh_token)
    expect(answer.status).toBe(200)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.json).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.stringMatching(/^lkr_[\w-]{43}$/),
      token_type: 'Bearer',
      expires_in: 900,
      refresh_expires_in: 604_800,
    })
    const next = expected<Tokens>(200, answer)
    expect(next.refresh_token).not.toBe(tokens.refresh_token)
    expect((await device.send('GET', '/auth/me', { bearer: next.access_token })).status).toBe(200)
  })

  it('goes on from successor to successor', async () => {
    const { device, tokens } = await somebody()
    let { refresh_token } = tokens
    for (const _ of Array(10)) ({ refresh_token } = await device.refresh(refresh_token))
    expect(refresh_token).not.toBe(tokens.refresh_token)
  })

  it('is answered by both replicas', async () => {
    const { device, tokens } = await somebody()
    let { refresh_token } = tokens
    for (const _ of Array(6)) ({ refresh_token } = await device.refresh(refresh_token))
    await eventually(async () => {
      for (const replica of ['token', 'token-2'])
        expect(
          await readCount(suite.dataDir, replica, 'http_request_duration_seconds_count', '/auth/refresh'),
        ).toBeGreaterThan(0)
    })
  })

  it('gives twenty parallel uses of one token one and the same successor', async () => {
    const { device, tokens } = await somebody()
    const answers = await inParallel(20, () => device.tryToRefresh(tokens.refresh_token))
    expect(statusesOf(answers)).toEqual(Array<number>(20).fill(200))
    const successors = new Set(answers.map(answer => expected<Tokens>(200, answer).refresh_token))
    expect(successors.size).toBe(1)
    for (const successor of successors) await device.refresh(successor)
  })

  it('gives a client that lost the answer the same successor again, within the grace', async () => {
    const { device, tokens } = await somebody()
    const lost = await device.refresh(tokens.refresh_token)
    const again = await device.refresh(tokens.refresh_token)
    expect(again.refresh_token).toBe(lost.refresh_token)
    await device.refresh(again.refresh_token)
  })

  it('ends the family, the successor and the session when an old token comes back after the grace', async () => {
    const { person, device, tokens } = await somebody()
    const phone = createDevice(suite)
    const onPhone = await phone.signIn(person)
    const next = await device.refresh(tokens.refresh_token)
    await graceIsOver()

    expect(problemIn(await device.tryToRefresh(tokens.refresh_token))).toMatchObject(refused)
    expect(problemIn(await device.tryToRefresh(next.refresh_token))).toMatchObject(refused)
    await eventually(
      async () => {
        const answer = await device.send('GET', '/auth/me', { bearer: next.access_token })
        expect(problemIn(answer)).toMatchObject({ status: 401, detail: 'Invalid token' })
      },
      { timeoutMs: 20_000 },
    )
    // The other device's family is another one.
    await phone.refresh(onPhone.refresh_token)
  })

  it('ends the family when a token comes back whose successor was used, grace or not', async () => {
    const { device, tokens } = await somebody()
    const second = await device.refresh(tokens.refresh_token)
    const third = await device.refresh(second.refresh_token)
    expect(problemIn(await device.tryToRefresh(tokens.refresh_token))).toMatchObject(refused)
    expect(problemIn(await device.tryToRefresh(third.refresh_token))).toMatchObject(refused)
  })

  it('refuses one token of twenty parallel uses after the grace just as one', async () => {
    const { device, tokens } = await somebody()
    const next = await device.refresh(tokens.refresh_token)
    await graceIsOver()
    const answers = await inParallel(20, () => device.tryToRefresh(tokens.refresh_token))
    expect(statusesOf(answers)).toEqual(Array<number>(20).fill(401))
    expect((await device.tryToRefresh(next.refresh_token)).status).toBe(401)
  })
})

describe('tokens of the wrong kind (ASVS 9.2.2)', () => {
  it('refuses an access token as a refresh token', async () => {
    const { device, tokens } = await somebody()
    expect(problemIn(await device.tryToRefresh(tokens.access_token))).toMatchObject(refused)
    await device.refresh(tokens.refresh_token)
  })

  it('refuses a refresh token as a bearer', async () => {
    const { device, tokens } = await somebody()
    const answer = await device.send('GET', '/auth/me', { bearer: tokens.refresh_token })
    expect(problemIn(answer)).toMatchObject({ status: 401, detail: 'Invalid token' })
  })

  it.each([
    ['nothing of ours', 'nonsense'],
    ['unknown', `lkr_${'A'.repeat(43)}`],
    ['too short', 'lkr_abc'],
    ['very long', `lkr_${'A'.repeat(20_000)}`],
    ['with a space around it', ' lkr_'],
  ])('refuses one that is %s, and says no more than that', async (_, token) => {
    expect(problemIn(await createDevice(suite).tryToRefresh(token))).toMatchObject(refused)
  })

  it('says what is wrong with a body that has no token', async () => {
    const answer = await createDevice(suite).send('POST', '/auth/refresh', { json: {} })
    expect(refusedFields(answer)).toEqual(['refresh_token: required'])
  })

  it('reads a token from the body alone: never from the query, a cookie or a header', async () => {
    const { tokens } = await somebody()
    const token = tokens.refresh_token
    const answer = await createDevice(suite).send('POST', `/auth/refresh?refresh_token=${token}`, {
      json: {},
      bearer: token,
      headers: { Cookie: `refresh_token=${token}` },
    })
    expect(answer.status).toBe(400)
  })
})
