/** The CPU that processes of this machine have used. Linux only: it reads /proc. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { CpuReading } from '../arithmetic/cpu-split.ts'
import { type ProcessStat, parseStat, ticksOfTree } from './stat.ts'

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

export interface MeasuredProcess {
  readonly name: string
  readonly pid: number
  /** Whether what it starts belongs to it, as Postgres' backends do. */
  readonly withChildren: boolean
}

/** CPU seconds by name. @throws Error where a process is not there */
export const readCpu = (processes: readonly MeasuredProcess[]): CpuReading => {
  const all = readAll()
  return Object.fromEntries(
    processes.map(({ name, pid, withChildren }) => {
      const own = all.find(each => each.pid === pid)
      if (own === undefined) throw new Error(`${name} (${pid}) does not run`)
      const ticks = withChildren ? ticksOfTree(pid, all) : own.ownTicks
      return [name, ticks / ticksPerSecond]
    }),
  )
}

const readAll = (): ProcessStat[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => {
      try {
        return [parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))]
      } catch {
        // It ended since the folder was listed.
        return []
      }
    })
