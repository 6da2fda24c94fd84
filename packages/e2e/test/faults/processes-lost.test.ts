/**
 * CHECKLIST "Invariants under faults" 1, 2, 3, 5 and 6: every process is killed, and stopped in order, while users
 * register, sign in, refresh, change passwords, ask for resets and sign out. Two replicas of the token service share
 * the work; how a third one gets its part of gRPC calls is shown in packages/runtime/src/grpc/replicas.test.ts,
 * behind a name server of its own.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import {
  type Client,
  countResetMails,
  createClient,
  expectStatus,
  type FailureKind,
  findBrokenPromises,
  isGroupAlive,
  type Load,
  readCount,
  register,
  type SuiteUnderFaults,
  startLoad,
  startSuite,
  textOf,
} from '../../src/faults/index.ts'

/** Processes, and how their loss may look from outside. */
type Losses = readonly (readonly [process: string, failures: readonly FailureKind[]])[]

let suite: SuiteUnderFaults
let client: Client
beforeAll(async () => {
  suite = await startSuite({ replicas: { token: 2 } })
  client = createClient(suite.gateway)
})
afterAll(async () => {
  await client?.close()
  await suite?.stop()
})

describe('two replicas of the token service', () => {
  const countsOf = (metric: string, label: string) =>
    Promise.all(['token', 'token-2'].map(name => readCount(suite.dataDir, name, metric, label)))
  const issued = () => countsOf('grpc_server_duration_seconds_count', 'IssueTokens')
  const refreshed = () => countsOf('http_request_duration_seconds_count', '/auth/refresh')
  const gained = (before: number[], after: number[]) =>
    after.map((count, index) => count - (before[index] ?? 0))

  it('share gRPC calls and HTTP requests evenly', async () => {
    const before = { issued: await issued(), refreshed: await refreshed() }
    const people = []
    for (let count = 1; count <= 8; count += 1) people.push(await register(client))
    let [refresh] = people.map(({ tokens }) => tokens.refresh)
    for (let count = 1; count <= 8; count += 1) {
      const answer = await client.call('POST', '/auth/refresh', { json: { refresh_token: refresh } })
      refresh = textOf(expectStatus(answer, 200), 'refresh_token')
    }
    // What is counted is counted after the answer, and may be more than ours: of the suite's own, or a call that came again.
    await eventually(async () => {
      const [one = 0, other = 0] = gained(before.issued, await issued())
      expect(one + other).toBeGreaterThanOrEqual(8)
      expect(Math.abs(one - other)).toBe((one + other) % 2)
      expect(gained(before.refreshed, await refreshed())).toEqual([4, 4])
    })
  })
})

describe('under load', () => {
  let load: Load
  beforeAll(async () => {
    load = startLoad(suite.gateway)
    await load.log.untilCalm(performance.now())
  })
  afterAll(() => load?.stop())

  const expectOnly = async (failures: readonly FailureKind[], sinceMs: number): Promise<void> => {
    await load.log.untilCalm(sinceMs)
    expect(load.log.unexpected(...failures)).toEqual([])
    expect(load.ledger.violations).toEqual([])
  }

  describe('kill -9', () => {
    const losses: Losses = [
      ['gateway', ['503', 'no connection']],
      ['identity', ['503']],
      ['token', ['503']],
      ['token-2', ['503']],
      ['session', ['503']],
      ['notification', []],
      ['notification-worker', []],
    ]

    it.each(losses)('of %s: calls fail as promised, and for at most 30 s', async (name, failures) => {
      load.log.clear()
      const killedAtMs = performance.now()
      await suite.killAndAwait(name)
      await expectOnly(failures, killedAtMs)
    })
  })

  describe('SIGTERM', () => {
    const losses: Losses = [
      ['notification-worker', []],
      ['notification', []],
      ['session', ['503']],
      // The other replica takes everything over.
      ['token', []],
      ['token-2', []],
      ['identity', ['503']],
      ['gateway', ['503', 'no connection']],
    ]

    /** Up to its last, which may be on its way into the file still when the process is gone. */
    const lastMessages = (name: string): Promise<string[]> =>
      eventually(async () => {
        const lines = (await readFile(join(suite.dataDir, 'logs', `${name}.log`), 'utf8')).trim().split('\n')
        const messages = lines.slice(-20).map(line => JSON.parse(line).message)
        expect(messages).toContain('stopped')
        return messages
      })

    /** A rolling restart takes the next replica once this one has its share of the calls again. */
    const untilUsed = async (name: string): Promise<void> => {
      const issued = () => readCount(suite.dataDir, name, 'grpc_server_duration_seconds_count', 'IssueTokens')
      await eventually(async () => expect(await issued()).toBeGreaterThan(0))
    }

    it.each(losses)('of %s: it finishes what it has begun, and is gone in time', async (name, failures) => {
      load.log.clear()
      const pid = suite.stack.processes[name]?.pid ?? 0
      await suite.takeAway(name, 'SIGTERM')
      expect(isGroupAlive(pid)).toBe(false)
      expect(await lastMessages(name)).not.toContain('closing took too long and was cut off')
      if (failures.length === 0) await load.log.untilCalm(performance.now())
      await suite.bringBack(name)
      if (name.startsWith('token')) await untilUsed(name)
      await expectOnly(failures, performance.now())
    })
  })

  it('nothing that was acknowledged is lost, what was revoked stays revoked, nobody is logged out', async () => {
    await load.stop()
    expect(load.ledger.accounts.length).toBeGreaterThanOrEqual(load.users)
    expect(await findBrokenPromises(client, load.ledger)).toEqual([])
  })

  it('every reset mail that was promised arrives, and hardly one twice', async () => {
    const asked = load.ledger.accounts.filter(({ resets }) => resets.acknowledged > 0)
    expect(asked.length).toBeGreaterThan(0)
    await eventually(
      async () => {
        const mails = await countResetMails(suite.mailbox)
        expect(asked.filter(({ email }) => !mails.has(email))).toEqual([])
      },
      { timeoutMs: 45_000, intervalMs: 500 },
    )
    const mails = await countResetMails(suite.mailbox)
    const surplus = asked.filter(({ email, resets }) => (mails.get(email) ?? 0) > resets.asked)
    // Only what the mail server took from the worker in the moment of its death: at most one mail a user under load.
    expect(surplus.length).toBeLessThanOrEqual(4)
  })
})
