/** SPEC §3: without Postgres access tokens still verify, everything else answers 503; afterwards all mends itself. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import {
  type Answer,
  type Client,
  createClient,
  findBrokenPromises,
  type Load,
  type Person,
  register,
  type SuiteUnderFaults,
  signOut,
  startLoad,
  startSuite,
  useAccess,
  useRefresh,
} from '../../src/faults/index.ts'

describe('Postgres lost under load', () => {
  let suite: SuiteUnderFaults
  let load: Load
  let client: Client
  let signedIn: Person
  let signedOut: Person
  beforeAll(async () => {
    suite = await startSuite()
    client = createClient(suite.gateway)
    signedIn = await register(client)
    signedOut = await register(client)
    await signOut(client, signedOut)
    load = startLoad(suite.gateway)
    await load.log.untilCalm(performance.now())
    load.log.clear()
  })
  afterAll(async () => {
    await load?.stop()
    await client?.close()
    await suite?.stop()
  })

  const expectMended = async (sinceMs: number): Promise<void> => {
    await load.log.untilCalm(sinceMs)
    expect(load.log.unexpected('503')).toEqual([])
    expect(load.ledger.violations).toEqual([])
    load.log.clear()
    expect(await useAccess(client, signedIn)).toBe(200)
    expect(await useAccess(client, signedOut)).toBe(401)
    expect(await useRefresh(client, signedOut)).toBe(401)
  }

  const promised = {
    status: 503,
    retryAfter: expect.stringMatching(/^[1-9]\d*$/),
    body: expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }),
  }

  it('stopped: a good token is never taken for a bad one, nor a bad one for a good one', async () => {
    await suite.takeAway('postgres', 'SIGINT')
    const { email, password, tokens } = signedIn
    const answers: Answer[] = []
    for (let round = 1; round <= 3; round += 1) {
      answers.push(
        await client.call('GET', '/auth/me', { bearer: tokens.access }),
        await client.call('GET', '/auth/sessions', { bearer: tokens.access }),
        await client.call('POST', '/auth/login', { json: { email, password } }),
        await client.call('POST', '/auth/refresh', { json: { refresh_token: tokens.refresh } }),
        await client.call('POST', '/auth/password/reset', { json: { email } }),
      )
      expect(await useAccess(client, signedOut)).toBe(401)
    }
    for (const answer of answers) expect(answer).toMatchObject(promised)
    expect(await client.call('GET', '/auth/health')).toMatchObject({
      status: 503,
      retryAfter: expect.stringMatching(/^[1-9]\d*$/),
      body: {
        status: 'unhealthy',
        dependencies: { database: 'unhealthy' },
        still_works: ['verify_access_tokens'],
      },
    })
    expect((await client.call('GET', '/.well-known/jwks.json')).status).toBe(200)
  })

  it('back: everything mends itself within 30 s', async () => {
    await suite.bringBack('postgres')
    await expectMended(performance.now())
    // Under load a part may be too busy to say in time that it is well.
    await eventually(async () =>
      expect(await client.call('GET', '/auth/health')).toMatchObject({
        status: 200,
        body: { status: 'healthy' },
      }),
    )
  })

  it('restarted quickly: everything mends itself within 30 s', async () => {
    const stoppedAtMs = performance.now()
    await suite.takeAway('postgres', 'SIGINT')
    await suite.bringBack('postgres')
    await expectMended(stoppedAtMs)
  })

  it('killed: everything mends itself within 30 s', async () => {
    const killedAtMs = performance.now()
    await suite.killAndAwait('postgres')
    await expectMended(killedAtMs)
  })

  it('nothing that was acknowledged is lost, nobody was logged out', async () => {
    await load.stop()
    expect(load.ledger.accounts.length).toBeGreaterThanOrEqual(load.users)
    expect(await findBrokenPromises(client, load.ledger)).toEqual([])
  })
})
