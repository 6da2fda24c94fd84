import { describe, expect, it } from '@jest/globals'
import { RpcFailure } from '@latchkey/runtime/grpc'
import { createLogger } from '@latchkey/runtime/logger'
import { createActivityRecorder } from './activity-recorder.ts'
import type { RecordActivityRequest } from './session.ts'

const away = new RpcFailure(
  { status: 'UNAVAILABLE', reason: undefined, metadata: {}, method: '/RecordActivity' },
  'away',
)

/** A session service in memory that can be away. */
const aRecorder = (capacity?: number) => {
  const state = { away: false, calls: [] as string[][] }
  const recorder = createActivityRecorder({
    sessions: {
      recordActivity: async (request: RecordActivityRequest) => {
        if (state.away) throw away
        state.calls.push(
          (request.activities ?? []).map(({ sessionId, at, ipAddress }) =>
            ipAddress === '192.0.2.1'
              ? `${sessionId}@${at?.seconds}`
              : `${sessionId}@${at?.seconds} ${ipAddress}`,
          ),
        )
        return {}
      },
    },
    logger: createLogger({ service: 'test', level: 'ERROR' }),
    intervalMs: 3_600_000,
    ...(capacity === undefined ? {} : { capacity }),
  })
  const use = (sessionId: string, atSeconds: number, ipAddress = '192.0.2.1') =>
    recorder.record({ sessionId, at: new Date(atSeconds * 1000), ipAddress })
  return { state, recorder, use }
}

describe('the use of sessions', () => {
  it('is told once for many uses: the latest, whatever order they came in', async () => {
    const { state, recorder, use } = aRecorder()
    use('a', 1)
    use('a', 3)
    use('a', 2)
    use('b', 1)
    await recorder.flush()
    await recorder.flush()
    expect(state.calls).toEqual([['a@3', 'b@1']])
    await recorder.close()
  })

  it('is told from each address, and from nobody knows where only as long as nothing else is', async () => {
    const { state, recorder, use } = aRecorder()
    use('page', 1, '')
    use('code', 1, '')
    use('code', 1)
    use('later', 1)
    use('later', 2, '')
    use('stranger', 1, '198.51.100.1')
    use('stranger', 2)
    await recorder.close()
    expect(state.calls).toEqual([
      ['page@1 ', 'code@1', 'later@1', 'later@2 ', 'stranger@1 198.51.100.1', 'stranger@2'],
    ])
  })

  it('is kept while the session service is away, and gives way to a later use', async () => {
    const { state, recorder, use } = aRecorder()
    state.away = true
    use('a', 1)
    use('b', 1)
    await recorder.flush()
    state.away = false
    use('a', 2)
    await recorder.close()
    expect(state.calls.map(call => call.sort())).toEqual([['a@2', 'b@1']])
  })

  it('takes no more memory than allowed', async () => {
    const { state, recorder, use } = aRecorder(2)
    for (const session of ['a', 'b', 'c']) use(session, 1)
    await recorder.close()
    expect(state.calls).toEqual([['b@1', 'c@1']])
  })

  it('is sent in calls of at most a thousand', async () => {
    const { state, recorder, use } = aRecorder()
    for (let n = 0; n < 2_500; n += 1) use(`s${n}`, 1)
    await recorder.close()
    expect(state.calls.map(call => call.length)).toEqual([1_000, 1_000, 500])
  })
})
