import { describe, expect, it } from '@jest/globals'
import { type ProcessStat, parseStat, ticksOfTree } from './stat.ts'

describe('/proc/<pid>/stat', () => {
  it('is read past a name with spaces and parentheses', () => {
    const line = '42 (post gres: a) b) S 7 42 42 0 -1 4194560 9 8 0 0 11 12 13 14 20 0 1 0 5555 1 2'
    expect(parseStat(line)).toEqual({ pid: 42, parentPid: 7, ownTicks: 23, endedChildrenTicks: 27 })
  })
})

describe('the CPU of a tree of processes', () => {
  const process = (
    pid: number,
    parentPid: number,
    ownTicks: number,
    endedChildrenTicks = 0,
  ): ProcessStat => ({
    pid,
    parentPid,
    ownTicks,
    endedChildrenTicks,
  })

  it('counts backends that run, at any depth, and those that ended', () => {
    const all = [
      process(1, 0, 100),
      process(10, 1, 5, 50),
      process(11, 10, 7),
      process(12, 11, 1),
      process(20, 1, 9),
    ]
    expect(ticksOfTree(10, all)).toBe(63)
  })

  it('is nothing for a process that is gone', () => {
    expect(ticksOfTree(99, [process(1, 0, 1)])).toBe(0)
  })

  it('does not change when a backend ends and is waited for', () => {
    const before = ticksOfTree(10, [process(10, 1, 5, 0), process(11, 10, 7)])
    expect(ticksOfTree(10, [process(10, 1, 5, 7)])).toBe(before)
  })
})
