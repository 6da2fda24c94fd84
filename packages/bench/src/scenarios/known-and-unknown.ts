/**
 * Whether the time of an answer tells whether an address has an account: at sign-in with a wrong password, and where a
 * reset is asked for. In random order over one connection, so that whatever else happens meets both kinds alike.
 */
import { randomUUID } from 'node:crypto'
import { Pool } from 'undici'
import { type MannWhitney, mannWhitney } from '../arithmetic/mann-whitney.ts'
import { percentile } from '../arithmetic/percentile.ts'
import type { FiguresResult } from '../report/result.ts'
import { registerUsers } from '../suite/users.ts'
import type { Scenario } from './scenario.ts'

const samples = 2_000
const warmUp = 200
/** Of each kind: few enough to register, and so many that none of them is locked out (MAX_LOGIN_ATTEMPTS of the suite). */
const addresses = 40

/** A difference that would come by chance once in a hundred runs counts as none. */
const significance = 0.01

interface Question {
  readonly path: string
  readonly status: number
  readonly bodyFor: (email: string) => object
}

const questions = {
  login: {
    path: '/auth/login',
    status: 401,
    bodyFor: email => ({ email, password: 'Wrong.Horse.7' }),
  },
  reset: { path: '/auth/password/reset', status: 200, bodyFor: email => ({ email }) },
} satisfies Record<string, Question>

interface Times {
  readonly known: number[]
  readonly unknown: number[]
}

const shuffled = <Value>(values: readonly Value[]): Value[] =>
  values
    .map(value => ({ value, order: Math.random() }))
    .toSorted((one, other) => one.order - other.order)
    .map(({ value }) => value)

const createAsk = (gateway: string) => {
  const pool = new Pool(gateway, { connections: 1, pipelining: 1 })
  /** How long the answer took, in ms. */
  const ask = async ({ path, status, bodyFor }: Question, email: string): Promise<number> => {
    const body = JSON.stringify(bodyFor(email))
    const startedMs = performance.now()
    const answer = await pool.request({
      method: 'POST',
      path,
      body,
      headers: { 'content-type': 'application/json' },
    })
    const text = await answer.body.text()
    const milliseconds = performance.now() - startedMs
    if (answer.statusCode !== status) throw new Error(`${path} answered ${answer.statusCode}: ${text}`)
    return milliseconds
  }
  return { ask, close: () => pool.close() }
}

const figuresOf = (name: string, { known, unknown }: Times, { superiority, p }: MannWhitney) =>
  [
    { what: `${name}, known: median`, value: percentile(known, 0.5) ?? Number.NaN, unit: 'ms' },
    { what: `${name}, unknown: median`, value: percentile(unknown, 0.5) ?? Number.NaN, unit: 'ms' },
    { what: `${name}: known one slower`, value: 100 * superiority, unit: '%' },
    { what: `${name}: p of no difference`, value: p, unit: '' },
  ] as const satisfies FiguresResult['figures']

export const knownAndUnknown: Scenario = {
  name: 'known-and-unknown',
  what: 'whether the time of an answer tells who has an account',
  onDemand: true,
  needs: 'sink',
  run: async ({ suite }) => {
    const { gateway } = suite.info
    const known = (await registerUsers(gateway, addresses)).map(({ email }) => email)
    const unknown = Array.from({ length: addresses }, () => `bench-${randomUUID()}@example.com`)
    const { ask, close } = createAsk(gateway)

    const measure = async (question: Question): Promise<Times> => {
      const times: Times = { known: [], unknown: [] }
      const turns = Array.from({ length: samples }, (_, turn) => turn % addresses).flatMap(index => [
        { email: known[index] ?? '', into: times.known },
        { email: unknown[index] ?? '', into: times.unknown },
      ])
      for (const { email } of shuffled(turns).slice(0, warmUp)) await ask(question, email)
      for (const { email, into } of shuffled(turns)) into.push(await ask(question, email))
      return times
    }

    const figures: FiguresResult['figures'][number][] = []
    let canTell = false
    for (const [name, question] of Object.entries(questions)) {
      const times = await measure(question)
      const compared = mannWhitney(times.known, times.unknown)
      canTell ||= compared.p < significance
      figures.push(...figuresOf(name, times, compared))
    }
    await close()
    return {
      kind: 'figures',
      scenario: 'known-and-unknown',
      figures,
      goal: { text: `no difference that ${samples} samples of each can tell`, met: !canTell },
    }
  },
}
