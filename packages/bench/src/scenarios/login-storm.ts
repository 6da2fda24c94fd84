/**
 * Token issuance while somebody tries passwords as fast as they are let: what is left of its throughput. Both loads come
 * without a pause, so that they fight for every core there is.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { percentile } from '../arithmetic/percentile.ts'
import { load } from '../load/load.ts'
import type { Lane } from '../load/protocol.ts'
import { basicOf, registerClient } from '../oauth/register-client.ts'
import type { Suite } from '../suite/suite.ts'
import type { Scenario } from './scenario.ts'

const tokenLanes = 32
const stormLanes = 16
const goalShare = 0.9
/** Each with and without the storm, in turns: a machine is never the same for a minute. */
const rounds = 3
const roundMs = 5_000

const issuance = async (gateway: string): Promise<Lane[]> => {
  const client = await registerClient(gateway, { grant_types: ['client_credentials'], redirect_uris: [] })
  const form = { grant_type: 'client_credentials' }
  const lane: Lane = { kind: 'form', path: '/oauth/token', form, basic: basicOf(client) }
  return Array.from({ length: tokenLanes }, () => lane)
}

const measureTokens = async (suite: Suite, lanes: readonly Lane[], warmUp?: number): Promise<number> => {
  const { operations, seconds } = await load({
    origin: suite.info.gateway,
    lanes,
    servers: suite.servers,
    measureMs: roundMs,
    ...(warmUp === undefined ? {} : { warmUp }),
  })
  return operations / seconds
}

/** Bad logins around `work`; gives how many were answered in a second. */
const withStorm = async (suite: Suite, work: () => Promise<void>): Promise<number> => {
  const storm = load({
    origin: suite.info.gateway,
    lanes: Array.from({ length: stormLanes }, () => ({ kind: 'bad_login' })),
    servers: [],
    warmUp: 0,
    // Longer than what it is around, which warms up and settles too.
    measureMs: roundMs + 8_000,
  })
  await delay(1_000)
  await work()
  const { operations, seconds } = await storm
  return operations / seconds
}

export const loginStorm: Scenario = {
  name: 'login-storm',
  what: 'token issuance beside a storm of bad logins',
  onDemand: true,
  needs: 'suite',
  run: async ({ suite }) => {
    const lanes = await issuance(suite.info.gateway)
    const quiet: number[] = []
    const beside: number[] = []
    const storms: number[] = []
    await measureTokens(suite, lanes)
    for (let round = 0; round < rounds; round += 1) {
      quiet.push(await measureTokens(suite, lanes, 500))
      const storm = await withStorm(suite, async () => {
        beside.push(await measureTokens(suite, lanes, 500))
      })
      storms.push(storm)
    }
    const median = (values: readonly number[]) => percentile(values, 0.5) ?? Number.NaN
    const share = median(beside) / median(quiet)
    return {
      kind: 'figures',
      scenario: 'login-storm',
      figures: [
        { what: 'tokens, nobody tries passwords', value: median(quiet), unit: '/s' },
        { what: 'tokens, beside the storm', value: median(beside), unit: '/s' },
        { what: 'what is left', value: 100 * share, unit: '%' },
        { what: 'bad logins answered', value: median(storms), unit: '/s' },
      ],
      goal: { text: `${goalShare * 100} % of the tokens are left`, met: share >= goalShare },
    }
  },
}
