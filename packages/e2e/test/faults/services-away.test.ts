/** SPEC §3 "When a part fails": its routes answer 503, the others go on, and `/auth/health` tells the truth about it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import {
  type Cast,
  type Client,
  createClient,
  register,
  type SuiteUnderFaults,
  startSuite,
  triedNames,
  tryEverything,
} from '../../src/faults/index.ts'

// UPSTREAM_TIMEOUT_SECONDS and some, for a busy machine.
const deadlineMs = 15_000

const without = (...missing: string[]): string[] => triedNames.filter(name => !missing.includes(name))

describe('one part away', () => {
  let suite: SuiteUnderFaults
  let client: Client
  beforeAll(async () => {
    suite = await startSuite()
    client = createClient(suite.gateway)
  })
  afterAll(async () => {
    await client?.close()
    await suite?.stop()
  })

  // Services find one that is back within seconds of its being healthy.
  const aCast = (): Promise<Cast> =>
    eventually(
      async () => ({
        reader: await register(client),
        changer: await register(client),
        leaver: await register(client),
      }),
      { timeoutMs: 30_000, intervalMs: 200 },
    )

  const health = async () => (await client.call('GET', '/auth/health')).body

  const parts: readonly [name: string, dependency: string, status: string, works: string[]][] = [
    ['identity', 'identity', 'degraded', ['refresh', 'sessions', 'logout']],
    ['token', 'token', 'unhealthy', without('register', 'login', 'refresh')],
    ['session', 'session', 'degraded', without('register', 'login', 'sessions', 'logout')],
    ['notification', 'notification', 'degraded', triedNames.slice()],
    ['redis', 'redis', 'degraded', triedNames.slice()],
  ]

  it.each(parts)(
    '%s: health says what still works, and that is what works',
    async (name, dependency, status, works) => {
      const cast = await aCast()
      await suite.takeAway(name, 'SIGKILL')
      await eventually(async () => {
        expect(await health()).toMatchObject({ status, dependencies: { [dependency]: 'unhealthy' } })
      })
      const { still_works: claimed } = await health()
      const tried = await tryEverything(client, cast)
      expect(tried.works).toEqual(works)
      expect(triedNames.filter(each => Array.isArray(claimed) && claimed.includes(each))).toEqual(works)
      for (const refusal of tried.refusals) {
        expect(refusal).toMatchObject({
          status: 503,
          retryAfter: expect.stringMatching(/^[1-9]\d*$/),
          body: expect.objectContaining({ code: 'SERVICE_UNAVAILABLE', request_id: expect.any(String) }),
        })
      }
      expect(tried.longestMs).toBeLessThan(deadlineMs)
      await suite.bringBack(name)
      await eventually(
        async () => expect(await health()).toMatchObject({ status: 'healthy', still_works: [] }),
        {
          timeoutMs: 30_000,
          intervalMs: 200,
        },
      )
    },
  )
})
