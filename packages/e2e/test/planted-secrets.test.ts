/**
 * CHECKLIST 41: no token, code, password or secret in logs, job payloads, traces or metrics. Secrets that can be told
 * from everything else go through every journey, also where they do not belong and while a service is away; then all
 * that the suite has left behind is searched for them.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  findSecrets,
  type Haystack,
  logsOf,
  metricsOf,
  postgresOf,
  type RedisWitness,
  witnessRedis,
} from '../src/haystacks.ts'
import { type OtlpCollector, startOtlpCollector } from '../src/otlp-collector.ts'
import { plantSecrets } from '../src/planted-secrets.ts'
import { everyJourney } from '../src/secret-journeys.ts'
import { type OwnSuite, startSuite, withoutLimits } from '../src/suite.ts'

const planted = plantSecrets()
const { person, email } = planted
/** Given out by the suite. */
let given: Readonly<Record<string, string>>

let collector: OtlpCollector
let suite: OwnSuite
let witness: RedisWitness
let left: { logs: readonly Haystack[]; traces: readonly Haystack[]; metrics: readonly Haystack[] }

beforeAll(async () => {
  collector = await startOtlpCollector()
  suite = await startSuite({
    settings: {
      ...withoutLimits,
      LOG_LEVEL: 'DEBUG',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '200',
    },
  })
  witness = await witnessRedis(suite)
  given = await everyJourney(suite, planted)
  const metrics = await metricsOf(suite)
  await suite.stopProcesses()
  left = {
    logs: await logsOf(suite),
    traces: [{ where: 'traces', text: collector.bodies.join('\n') }],
    metrics,
  }
})
afterAll(async () => {
  witness?.close()
  collector?.close()
  await suite?.stop()
})

const secrets = () => ({ ...planted.passwords, ...planted.madeUp, ...given })

describe('planted secrets', () => {
  it('were planted: what may be found is found', async () => {
    expect(Object.values(secrets()).every(secret => secret.length > 20)).toBe(true)
    expect(findSecrets({ name: person.name }, await postgresOf(suite))).not.toEqual([])
    expect(findSecrets({ queue: 'bull:email:' }, witness.heard())).toEqual(['queue in redis'])
    expect(findSecrets({ route: '/auth/login' }, left.logs)).toContain('route in gateway.log')
    expect(findSecrets({ route: '/auth/login' }, left.metrics)).toEqual(['route in metrics'])
    expect(findSecrets({ call: 'SessionService/CreateSession' }, left.traces)).toEqual(['call in traces'])
    const services = ['gateway', 'identity', 'token', 'session', 'notification', 'notification-worker']
    const inTraces = Object.fromEntries(services.map(name => [name, `"stringValue":"${name}"`]))
    expect(findSecrets(inTraces, left.traces)).toHaveLength(services.length)
  })

  it('are in no log', () => {
    expect(findSecrets(secrets(), left.logs)).toEqual([])
  })

  it('are in no trace', () => {
    expect(findSecrets(secrets(), left.traces)).toEqual([])
  })

  it('are in no metric', () => {
    expect(findSecrets(secrets(), left.metrics)).toEqual([])
  })

  it('were never sent to Redis: no key, no value, no job', () => {
    expect(findSecrets(secrets(), witness.heard())).toEqual([])
  })

  it('are in no row of Postgres: no table, no outbox, raw reset tokens included', async () => {
    expect(findSecrets(secrets(), await postgresOf(suite))).toEqual([])
  })
})

describe('full addresses', () => {
  it('are in no log, trace or metric', () => {
    const haystacks = [...left.logs, ...left.traces, ...left.metrics]
    expect(findSecrets(email, haystacks)).toEqual([])
  })
})
