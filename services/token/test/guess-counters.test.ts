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
  await Promise.all(connections.map(redis => whenReady(redis, 15_000)))
})
afterAll(async () => {
  for (const redis of connections) redis.disconnect()
  await server.close()
})

const five = (...names: string[]) => names.map(name => ({ name, maxFailures: 5 }))

const replicas = (now = () => new Date(), windowSeconds = 600) =>
  connections.map(redis => createGuessCounters({ redis, what: 'user_code', windowSeconds, now }))

const giveBack = async (decision: GuessDecision | undefined): Promise<void> => {
  if (decision?.outcome !== 'allowed') throw new Error('The guess was not let')
  await decision.giveBack()
}

const refusals = (decisions: readonly GuessDecision[]) =>
  decisions.filter(decision => decision.outcome === 'refused')

const takeTwenty = (
  counters: ReturnType<typeof replicas>,
  guessersOf: (n: number) => ReturnType<typeof five>,
) =>
  Promise.all(Array.from({ length: 20 }, (_, n) => counters[n % 2]?.take(guessersOf(n)) ?? Promise.reject()))

describe('RFC 8628 §5.1: guesses', () => {
  it('are counted for all replicas together, twenty at once as twenty', async () => {
    const subject = createUuid()
    const decisions = await takeTwenty(replicas(), () => five(subject))
    expect(refusals(decisions)).toHaveLength(15)
    expect(refusals(decisions)[0]).toMatchObject({ retryAfterSeconds: 600 })
  })

  it('are refused where one of those who may be behind them has failed too often', async () => {
    const account = createUuid()
    const decisions = await takeTwenty(replicas(), () => five(createUuid(), account))
    expect(refusals(decisions)).toHaveLength(15)
  })

  it('are refused without counting anybody else', async () => {
    const [counters] = replicas()
    const [address, account] = [createUuid(), createUuid()]
    for (let n = 0; n < 20; n += 1) {
      await counters?.take([{ name: address, maxFailures: 6 }, ...five(account)])
    }
    expect(await counters?.take([{ name: address, maxFailures: 6 }])).toMatchObject({ outcome: 'allowed' })
  })

  it('do not count where they were right', async () => {
    const [counters] = replicas()
    const subjects = five(createUuid(), createUuid())
    for (let n = 0; n < 20; n += 1) await giveBack(await counters?.take(subjects))
  })

  it('that were right give nothing back to a later window', async () => {
    const subject = createUuid()
    const [counters] = replicas()
    const [later] = replicas(undefined, 300)
    const right = await counters?.take(five(subject))
    await connections[0]?.del(`rate_limit:user_code:${subject}`)
    await later?.take(five(subject))
    await giveBack(right)
    expect(await connections[0]?.get(`rate_limit:user_code:${subject}`)).toBe('1')
  })
})

describe('without Redis', () => {
  it('guesses are counted by each process, until their window ends', async () => {
    let at = new Date()
    const counters = replicas(() => at)
    const subject = createUuid()
    await server.stop()
    const decisions = await takeTwenty(counters, () => five(subject))
    at = new Date(at.getTime() + 600_000)
    const later = await counters[0]?.take(five(subject))
    await server.start()
    expect(refusals(decisions)).toHaveLength(10)
    expect(later).toMatchObject({ outcome: 'allowed' })
  })

  it('those that were right are given back where they were counted', async () => {
    let at = new Date()
    const [counters] = replicas(() => at)
    const subject = createUuid()
    await Promise.all(connections.map(redis => whenReady(redis, 15_000)))
    const inRedis = await counters?.take(five(subject))
    await server.stop()
    for (let n = 0; n < 5; n += 1) await counters?.take(five(subject))
    await giveBack(inRedis)
    const sixth = await counters?.take(five(subject))
    at = new Date(at.getTime() + 600_000)
    const right = await counters?.take(five(subject))
    for (let n = 0; n < 4; n += 1) await counters?.take(five(subject))
    await giveBack(right)
    const afterRight = await counters?.take(five(subject))
    await server.start()
    expect([sixth?.outcome, afterRight?.outcome]).toEqual(['refused', 'allowed'])
  })
})
