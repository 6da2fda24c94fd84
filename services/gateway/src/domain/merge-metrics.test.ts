import { describe, expect, it } from '@jest/globals'
import { mergeMetrics } from './merge-metrics.ts'

const pageOf = (service: string) => `# HELP database_connections Connections by state
# TYPE database_connections gauge
database_connections{state="idle",service="${service}"} 5

# HELP seconds How long
# TYPE seconds histogram
seconds_bucket{le="1",service="${service}"} 2
seconds_sum{service="${service}"} 1.5
seconds_count{service="${service}"} 2
`

describe('metrics of several processes', () => {
  it('describe each family once and keep its samples together', () => {
    expect(
      mergeMetrics([pageOf('token'), pageOf('session')])
        .trimEnd()
        .split('\n'),
    ).toEqual([
      '# HELP database_connections Connections by state',
      '# TYPE database_connections gauge',
      'database_connections{state="idle",service="token"} 5',
      'database_connections{state="idle",service="session"} 5',
      '# HELP seconds How long',
      '# TYPE seconds histogram',
      'seconds_bucket{le="1",service="token"} 2',
      'seconds_sum{service="token"} 1.5',
      'seconds_count{service="token"} 2',
      'seconds_bucket{le="1",service="session"} 2',
      'seconds_sum{service="session"} 1.5',
      'seconds_count{service="session"} 2',
    ])
  })
})
