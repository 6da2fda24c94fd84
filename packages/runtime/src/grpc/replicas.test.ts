import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually, freePort } from '@latchkey/testkit'
import { startDnsServer } from '../../test/grpc/dns-server.ts'

// Makes grpc-js ask the name server that a target names instead of the system's; read when it is loaded.
process.env.GRPC_NODE_USE_ALTERNATIVE_RESOLVER = 'true'
const { createEchoStack } = await import('../../test/grpc/servers.ts')

// Replicas share a port and differ in their address; only Linux listens on all of 127.0.0.0/8 unasked.
const describeOnLinux = process.platform === 'linux' ? describe : describe.skip

describeOnLinux('replicas behind one name', () => {
  let stack: Awaited<ReturnType<typeof createEchoStack>>
  let dns: Awaited<ReturnType<typeof startDnsServer>>
  let port: number
  beforeEach(async () => {
    stack = await createEchoStack()
    dns = await startDnsServer(['127.0.0.1', '127.0.0.2'])
    port = await freePort()
  })
  afterEach(async () => {
    await stack.closeAll()
    dns.close()
  })

  const startReplica = (host: string, maxConnectionAgeMs: number) =>
    stack.startServer(
      {
        makeEcho: async () => {
          await delay(2)
          return { text: host }
        },
      },
      { host, port, maxConnectionAgeMs, maxConnectionAgeGraceMs: 20_000 },
    )

  const createCaller = () => {
    const client = stack.createClient(`dns://127.0.0.1:${dns.port}/sessions.test:${port}`, {
      minResolutionIntervalMs: 100,
    })
    /** How many of so many calls each replica answered. */
    return async (calls: number): Promise<Map<string, number>> => {
      const answered = new Map<string, number>()
      for (let i = 0; i < calls; i++) {
        const { text } = await client.makeEcho({ text: '' })
        answered.set(text, (answered.get(text) ?? 0) + 1)
      }
      return answered
    }
  }

  it('share the calls evenly', async () => {
    // So long that no connection is renewed while calls are counted.
    await startReplica('127.0.0.1', 60_000)
    await startReplica('127.0.0.2', 60_000)
    const callMany = createCaller()
    await eventually(async () => expect((await callMany(2)).size).toBe(2))
    const shares = await callMany(20)
    expect(shares).toEqual(
      new Map([
        ['127.0.0.1', 10],
        ['127.0.0.2', 10],
      ]),
    )
  })

  it('give a new one its part within the age of a connection', async () => {
    // Long enough for nine calls between two renewals.
    await startReplica('127.0.0.1', 2_000)
    await startReplica('127.0.0.2', 2_000)
    const callMany = createCaller()
    await callMany(4)
    await startReplica('127.0.0.3', 2_000)
    dns.setAddresses(['127.0.0.1', '127.0.0.2', '127.0.0.3'])
    const joinedBy = performance.now() + 20_000
    // A call that fails while connections come and go fails the test: makeEcho is sent again only where nobody has read it.
    let share = await callMany(9)
    while (share.get('127.0.0.3') !== 3 && performance.now() < joinedBy) share = await callMany(9)
    expect(share.get('127.0.0.3')).toBe(3)
  })

  it('lose no call when one of them drains', async () => {
    // No connection ends but for the drain.
    await startReplica('127.0.0.1', 60_000)
    const leaving = await startReplica('127.0.0.2', 60_000)
    const callMany = createCaller()
    await callMany(4)
    const stop = new AbortController()
    let answered = 0
    const callers = Array.from({ length: 16 }, async () => {
      while (!stop.signal.aborted) {
        await callMany(10)
        answered += 10
      }
    })
    const untilAnswered = (count: number) => eventually(() => expect(answered).toBeGreaterThanOrEqual(count))
    try {
      await untilAnswered(160)
      await leaving.close(20_000)
      await untilAnswered(answered + 320)
    } finally {
      stop.abort()
    }
    await Promise.all(callers)
    expect((await callMany(10)).get('127.0.0.1')).toBe(10)
  })
})
