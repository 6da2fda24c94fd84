/** What an operation cost, process by process, out of two readings of the processes' clocks. */

/** CPU seconds since its start, by process. */
export type CpuReading = Readonly<Record<string, number>>

export interface CpuSplit {
  /** CPU per operation in µs, by process, the most expensive first. */
  readonly microsByProcess: Readonly<Record<string, number>>
  readonly micros: number
  /** Operations that one core, doing nothing else, would serve in a second. */
  readonly perCoreSecond: number
}

/** @throws Error where a process of the first reading is gone: what it used since can not be known */
export const splitCpu = (before: CpuReading, after: CpuReading, operations: number): CpuSplit => {
  if (operations === 0) throw new Error('nothing was done, so nothing can be said about its cost')
  const used = Object.entries(after).map(([name, seconds]) => {
    const earlier = before[name] ?? 0
    return [name, ((seconds - earlier) / operations) * 1e6] as const
  })
  for (const name of Object.keys(before))
    if (!(name in after)) throw new Error(`${name} ended while measuring`)
  const micros = used.reduce((sum, [, each]) => sum + each, 0)
  return {
    microsByProcess: Object.fromEntries(used.toSorted(([, a], [, b]) => b - a)),
    micros,
    perCoreSecond: 1e6 / micros,
  }
}
