import { describe, expect, it } from '@jest/globals'
import { createMetrics } from './metrics.ts'

describe('metrics', () => {
  it('are text for Prometheus, with the name of the service', async () => {
    const metrics = createMetrics('token')
    metrics
      .counter({ name: 'tokens_issued_total', help: 'Tokens', labelNames: ['grant'] })
      .inc({ grant: 'refresh' })
    metrics.httpRequestDuration.observe({ method: 'GET', route: '/x', status: 200 }, 0.02)
    const { contentType, body } = await metrics.render()
    expect(contentType).toMatch(/^text\/plain/)
    expect(body).toContain('tokens_issued_total{grant="refresh",service="token"} 1')
    expect(body).toMatch(
      /http_request_duration_seconds_bucket\{le="0.025",service="token",method="GET",route="\/x",status="200"\} 1/,
    )
    expect(body).toContain('process_resident_memory_bytes')
    expect(body).toContain('nodejs_eventloop_lag_seconds')
  })

  it('count connections of the pool by state, at the time of the scrape', async () => {
    const metrics = createMetrics('token')
    const pool = { totalCount: 7, idleCount: 4, waitingCount: 0 }
    metrics.observeDatabasePool(pool)
    pool.waitingCount = 2
    const { body } = await metrics.render()
    expect(body).toContain('database_connections{state="busy",service="token"} 3')
    expect(body).toContain('database_connections{state="idle",service="token"} 4')
    expect(body).toContain('database_connections{state="waiting",service="token"} 2')
  })

  it('are shared under one name and apart between processes', async () => {
    const metrics = createMetrics('token')
    const init = { name: 'relayed_total', help: 'Relayed' }
    expect(metrics.counter(init)).toBe(metrics.counter(init))
    expect((await createMetrics('session').render()).body).not.toContain('relayed_total')
  })
})
