import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { startSchedule } from './schedule.ts'

const aSchedule = (task: () => Promise<void>, everyMs = 5) => {
  const lines: string[] = []
  const log = (_members: object, message: string) => void lines.push(message)
  return {
    lines,
    ...startSchedule({ name: 'a task', everyMs, task, logger: { warn: log, info: log } as never }),
  }
}

describe('a schedule', () => {
  it('never runs a task twice at once', async () => {
    let running = 0
    let runs = 0
    const schedule = aSchedule(async () => {
      running += 1
      expect(running).toBe(1)
      await delay(10)
      runs += 1
      running -= 1
    })
    await eventually(() => expect(runs).toBeGreaterThan(3))
    await schedule.close()
    expect(running).toBe(0)
  })

  it('goes on after a failure, and logs an outage once', async () => {
    let runs = 0
    const schedule = aSchedule(async () => {
      runs += 1
      if (runs < 4) throw new Error('away')
    })
    await eventually(() => expect(runs).toBeGreaterThan(5))
    await schedule.close()
    expect(schedule.lines).toEqual([
      'scheduled task failed and will be tried again',
      'scheduled task works again',
    ])
  })

  it('can be hurried, and begins nothing once closed', async () => {
    let runs = 0
    const schedule = aSchedule(async () => {
      runs += 1
    }, 60_000)
    await eventually(() => expect(runs).toBe(1))
    schedule.hurry()
    await eventually(() => expect(runs).toBe(2))
    await schedule.close()
    schedule.hurry()
    await delay(5)
    expect(runs).toBe(2)
  })
})
