import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { type ScheduleInit, startSchedule } from './schedule.ts'

const aSchedule = (task: ScheduleInit['task'], init: Partial<ScheduleInit> = {}) => {
  const lines: string[] = []
  const log = (_members: object, message: string) => void lines.push(message)
  const logger = { warn: log, info: log } as never
  return { lines, ...startSchedule({ name: 'a task', everyMs: 5, task, logger, ...init }) }
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
    const task = async () => {
      runs += 1
    }
    const schedule = aSchedule(task, { everyMs: 60_000 })
    await eventually(() => expect(runs).toBe(1))
    schedule.hurry()
    await eventually(() => expect(runs).toBe(2))
    await schedule.close()
    schedule.hurry()
    await delay(5)
    expect(runs).toBe(2)
  })

  it('runs once more for what hurried it during a run', async () => {
    let runs = 0
    const first = Promise.withResolvers<void>()
    const schedule = aSchedule(
      async () => {
        runs += 1
        if (runs === 1) await first.promise
      },
      { everyMs: 60_000 },
    )
    schedule.hurry()
    first.resolve()
    await eventually(() => expect(runs).toBe(2))
    await schedule.close()
  })

  it('aborts a run when closed, waits for it, and calls that no failure', async () => {
    let ended = false
    const schedule = aSchedule(async signal => {
      await delay(60_000, undefined, { signal }).finally(() => {
        ended = true
      })
    })
    await schedule.close()
    expect(ended).toBe(true)
    expect(schedule.lines).toEqual([])
  })

  it('begins some time after its start where it is staggered', async () => {
    let runs = 0
    const task = async () => {
      runs += 1
    }
    const schedule = aSchedule(task, { everyMs: 10_000_000, staggered: true })
    await delay(5)
    expect(runs).toBe(0)
    schedule.hurry()
    await eventually(() => expect(runs).toBe(1))
    await schedule.close()
  })
})
