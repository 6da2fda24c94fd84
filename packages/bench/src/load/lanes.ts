/** Lanes against one origin, over one kept connection each. */
import { Pool } from 'undici'
import { percentile } from '../arithmetic/percentile.ts'
import { createExchange } from './exchange.ts'
import type { Lane, LoadReport } from './protocol.ts'
import { createSend, type Send } from './send.ts'

export const createLanes = (origin: string, lanes: readonly Lane[]) => {
  const exchange = createExchange(new Pool(origin, { connections: lanes.length, pipelining: 1 }))
  const sends = lanes.map(lane => createSend(lane, exchange))

  /** Keeps all lanes busy for so long, or so many requests; one that has begun is waited for. */
  return async (milliseconds: number, most = Number.POSITIVE_INFINITY): Promise<LoadReport> => {
    const latenciesMs: number[] = []
    const failures: string[] = []
    let begun = 0
    const cpuBefore = process.cpuUsage()
    const startedMs = performance.now()
    const run = async (send: Send): Promise<void> => {
      for (let sentMs = startedMs; sentMs < startedMs + milliseconds && begun < most; ) {
        begun += 1
        try {
          await send()
          latenciesMs.push(performance.now() - sentMs)
        } catch (error) {
          failures.push(String(error))
        }
        sentMs = performance.now()
      }
    }
    await Promise.all(sends.map(run))
    const { user, system } = process.cpuUsage(cpuBefore)
    return {
      operations: latenciesMs.length,
      failures: failures.length,
      ...(failures[0] === undefined ? {} : { firstFailure: failures[0] }),
      seconds: (performance.now() - startedMs) / 1_000,
      p50Ms: percentile(latenciesMs, 0.5) ?? Number.NaN,
      p99Ms: percentile(latenciesMs, 0.99) ?? Number.NaN,
      cpuSeconds: (user + system) / 1e6,
    }
  }
}
