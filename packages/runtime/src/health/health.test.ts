import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { createHealth } from './health.ts'

const up = async () => undefined
const down = async () => {
  throw new Error('connect ECONNREFUSED postgresql://role:hunter2@db')
}

describe('health', () => {
  it('is ready when every check passes', async () => {
    expect(await createHealth({ checks: { database: up } }).report()).toEqual({
      status: 'ready',
      checks: { database: { status: 'up', required: true } },
    })
  })

  it('is not ready without a required part, and says why without a secret', async () => {
    const report = await createHealth({ checks: { database: down, redis: up } }).report()
    expect(report).toMatchObject({
      status: 'not_ready',
      checks: { database: { status: 'down' }, redis: { status: 'up' } },
    })
    expect(report.checks.database?.error).toBe('connect ECONNREFUSED postgresql://role:[redacted]@db')
  })

  it('is degraded without an optional part', async () => {
    const health = createHealth({ checks: { database: up }, optionalChecks: { redis: down } })
    expect(await health.report()).toMatchObject({
      status: 'degraded',
      checks: { redis: { required: false } },
    })
    expect(health.names).toEqual(['database', 'redis'])
  })

  it('does not wait for a check that never ends', async () => {
    const report = await createHealth({
      checks: { redis: () => new Promise(() => undefined) },
      timeoutMs: 20,
    }).report()
    expect(report.checks.redis).toEqual({ status: 'down', required: true, error: 'no answer within 20 ms' })
  })

  it('takes a check that throws at once for one that fails', async () => {
    const check = () => {
      throw new Error('not connected')
    }
    expect(await createHealth({ checks: { redis: check } }).report()).toMatchObject({ status: 'not_ready' })
  })

  it('asks once for all who ask together, and again when the answer is old', async () => {
    let asked = 0
    const check = async () => {
      asked += 1
      await delay(10)
    }
    const lasting = createHealth({ checks: { database: check }, cacheMs: 60_000 })
    await Promise.all([lasting.report(), lasting.report(), lasting.report()])
    await lasting.report()
    expect(asked).toBe(1)
    const fleeting = createHealth({ checks: { database: check }, cacheMs: 5 })
    await fleeting.report()
    await delay(20)
    await fleeting.report()
    expect(asked).toBe(3)
  })

  it('is draining for good once told so', async () => {
    const health = createHealth({ checks: { database: up } })
    health.drain()
    expect(health.draining).toBe(true)
    expect((await health.report()).status).toBe('draining')
  })
})
