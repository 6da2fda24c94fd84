import { describe, expect, it } from '@jest/globals'
import { createHealth } from '../health/index.ts'
import { createLogger } from '../logger/index.ts'
import { announceStop, createClosing } from './index.ts'

describe('the announcement of a stop', () => {
  it('comes before the servers close, which go on for as long as load balancers need', async () => {
    const health = createHealth({})
    const closing = createClosing(createLogger({ service: 'test', destination: { write: () => undefined } }))
    const seen: { draining: boolean; afterMs: number }[] = []
    const startedMs = performance.now()
    closing.add('server', () =>
      seen.push({ draining: health.draining, afterMs: performance.now() - startedMs }),
    )
    closing.add('announcement', announceStop(health, 0.05))
    await Promise.all([closing.close(), closing.close()])
    expect(seen).toEqual([{ draining: true, afterMs: expect.any(Number) }])
    expect(seen[0]?.afterMs).toBeGreaterThan(45)
  })
})
