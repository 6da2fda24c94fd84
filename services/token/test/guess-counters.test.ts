import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createRedis, whenReady } from '@latchkey/runtime/redis'
import { quietLogger } from '@latchkey/service-testkit'
import { startRedis } from '@latchkey/testkit'
import type { GuessDecision } from '../src/domain/guess-limit.ts'
import { createGuessCounters } from '../src/store/guess-counters.ts'

let server: Awaited<ReturnType<typeof startRedis>>
let connections: ReturnType<typeof createRedis>[]

beforeAll(async () => {
  server = await startRedis()
  connections = [0, 1].map(n => createRedis({ url: server.url, name: `test-${n}`, logger: quietLogger }))
  await Promise.all(connections.map(redis => whenReady(redis, 2_000)))
})
afterAll(async () => {
  for (const redis of connections) redis.disconnect()
  await server.close()
})

const limit = { maxFailures: 5, windowSeconds: 600 }

const replicas = (now = () => new Date()) =>
  connections.map(redis => createGuessCounters({ redis, what: 'user_code', limit, now }))

const refusals = (decisions: readonly GuessDecision[]) =>
  decisions.filter(decision => decision.outcome === 'refused')

const takeTwenty = (counters: ReturnType<typeof replicas>, subjectsOf: (n: number) => string[]) =>
  Promise.all(Array.from({ length: 20 }, (_, n) => counters[n % 2]?.take(subjectsOf(n)) ?? Promise.reject()))

describe('RFC 8628 §5.1: guesses', () => {
  it('are counted for all replicas together, twenty at once as twenty', async () => {
    const subject = createUuid()
    const decisions = await takeTwenty(replicas(), () => [subject])
    expect(refusals(decisions)).toHaveLength(15)
    expect(refusals(decisions)[0]).toMatchObject({ retryAfterSeconds: 600 })
  })

  it('are refused where one of those who may be behind them has failed too often', async () => {
    const account = createUuid()
    const decisions = await takeTwenty(replicas(), () => [createUuid(), account])
    expect(refusals(decisions)).toHaveLength(15)
  })

  it('do not count where they were right', async () => {
    const [counters] = replicas()
    const subjects = [createUuid(), createUuid()]
    for (let n = 0; n < 20; n += 1) {
      expect(await counters?.take(subjects)).toEqual({ outcome: 'allowed' })
      await counters?.giveBack(subjects)
    }
  })
})

describe('without Redis', () => {
  it('guesses are counted by each process, until their window ends', async () => {
    let at = new Date()
    const counters = replicas(() => at)
    const subject = createUuid()
    await server.stop()
    const decisions = await takeTwenty(counters, () => [subject])
    await counters[0]?.giveBack([subject])
    at = new Date(at.getTime() + 600_000)
    const later = await counters[0]?.take([subject])
    await server.start()
    expect(refusals(decisions)).toHaveLength(10)
    expect(later).toEqual({ outcome: 'allowed' })
  })
})
