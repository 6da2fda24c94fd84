import { describe, expect, it } from '@jest/globals'
import { createHealth } from '../health/index.ts'
import { createClosing } from '../lifecycle/index.ts'
import { createLogger } from '../logger/index.ts'
import { createMetrics } from '../metrics/index.ts'
import { loadSettings, processSettings } from '../settings/index.ts'
import { type Server, startServers } from './index.ts'

const aProcess = () => {
  const logger = createLogger({ service: 'test', destination: { write: () => undefined } })
  const env = { BIND_ADDRESS: '127.0.0.1', MANAGEMENT_PORT: '0', ENDPOINT_REMOVAL_SECONDS: '1' }
  const settings = loadSettings(processSettings, env)
  const health = createHealth({})
  return { settings, health, metrics: createMetrics('test'), logger, closing: createClosing(logger) }
}

describe('the servers of a process', () => {
  it('start in order, and end in the other one once the stop was announced', async () => {
    const parts = aProcess()
    const seen: string[] = []
    const aServer = (name: string, port: number) => async (): Promise<Server> => {
      seen.push(`${name} started`)
      const close = async () => void seen.push(`${name} closed, draining: ${parts.health.draining}`)
      return { port, close }
    }
    const { ports } = await startServers({
      ...parts,
      servers: { http: aServer('http', 1), grpc: aServer('grpc', 2) },
    })
    expect(ports).toEqual({ management: expect.any(Number), http: 1, grpc: 2 })

    const startedAt = performance.now()
    const closed = parts.closing.close()
    const ready = await fetch(`http://127.0.0.1:${ports.management}/readyz`)
    expect([ready.status, seen.length]).toEqual([503, 2])
    await closed
    expect(performance.now() - startedAt).toBeGreaterThan(990)
    expect(seen.slice(2)).toEqual(['grpc closed, draining: true', 'http closed, draining: true'])
    await expect(fetch(`http://127.0.0.1:${ports.management}/livez`)).rejects.toThrow()
  })
})
