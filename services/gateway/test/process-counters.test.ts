import { describe, expect, it } from '@jest/globals'
import { createClock } from '@latchkey/testkit'
import { createProcessCounters } from '../src/store/process-counters.ts'
import { withFallback } from '../src/store/rate-limit-counters.ts'

const allowances = [
  { subject: 'ip:a', limit: { maxRequests: 2, windowSeconds: 60 } },
  { subject: 'net:n', limit: { maxRequests: 20, windowSeconds: 60 } },
]

describe('counters of the process', () => {
  it('take nothing from the neighbours of who is stopped by their own limit', async () => {
    const counters = createProcessCounters(() => new Date())
    for (let sent = 0; sent < 5; sent += 1) await counters.count('login', allowances)
    expect(await counters.peek('login', 'ip:a')).toMatchObject({ count: 5 })
    expect(await counters.peek('login', 'net:n')).toMatchObject({ count: 2 })
  })

  it('take nothing back from a window that the request was not counted in', async () => {
    const clock = createClock()
    const counters = createProcessCounters(clock.now)
    const [early] = await counters.count('login', allowances)
    clock.advance(60_000)
    const [late] = await counters.count('login', allowances)
    await early?.refund()
    expect(await counters.peek('login', 'ip:a')).toMatchObject({ count: 1 })
    await late?.refund()
    expect(await counters.peek('login', 'ip:a')).toMatchObject({ count: 0 })
  })

  it('take back what they have counted, also when the others are there again', async () => {
    const ofProcess = createProcessCounters(() => new Date())
    const others = createProcessCounters(() => new Date())
    await others.count('login', allowances)
    let away = true
    const counters = withFallback(
      {
        ...others,
        count: async (bucket, asked) => {
          if (away) throw new Error('away')
          return others.count(bucket, asked)
        },
      },
      ofProcess,
      () => {},
    )
    const usages = await counters.count('login', allowances)
    away = false
    await Promise.all(usages.map(({ refund }) => refund()))
    expect(await ofProcess.peek('login', 'ip:a')).toMatchObject({ count: 0 })
    expect(await others.peek('login', 'ip:a')).toMatchObject({ count: 1 })
  })
})
