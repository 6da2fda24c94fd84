/** Lanes against one origin, over one kept connection each. */
import { Pool } from 'undici'
import { percentile } from '../arithmetic/percentile.ts'
import type { Lane, LoadReport } from './protocol.ts'

type Send = () => Promise<void>

export const createLanes = (origin: string, lanes: readonly Lane[]) => {
  const pool = new Pool(origin, { connections: lanes.length, pipelining: 1 })

  const exchange = async (
    method: 'GET' | 'POST',
    path: string,
    headers: Record<string, string>,
    body?: string,
  ) => {
    const response = await pool.request({ method, path, headers, ...(body === undefined ? {} : { body }) })
    const text = await response.body.text()
    if (response.statusCode >= 300) throw new Error(`${path} answered ${response.statusCode}: ${text}`)
    return text
  }

  const post = (path: string, body: object): Promise<string> =>
    exchange('POST', path, { 'content-type': 'application/json' }, JSON.stringify(body))

  const sendOf = (lane: Lane): Send => {
    if (lane.kind === 'post') return async () => void (await post(lane.path, lane.body))
    if (lane.kind === 'get') {
      const headers = lane.accessToken === undefined ? {} : { authorization: `Bearer ${lane.accessToken}` }
      return async () => void (await exchange('GET', lane.path, headers))
    }
    let refreshToken = lane.refreshToken
    return async () => {
      const tokens = JSON.parse(await post('/auth/refresh', { refresh_token: refreshToken }))
      refreshToken = tokens.refresh_token
    }
  }

  const sends = lanes.map(sendOf)

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
