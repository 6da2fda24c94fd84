/** The memory of a process, out of /proc/<pid>/smaps_rollup. */
import { readFileSync } from 'node:fs'

export interface ProcessMemory {
  /** All pages that it has in memory, also those that it shares. */
  readonly rssMb: number
  /** A shared page counts in equal parts at each who shares it: the sum over processes is what they take together. */
  readonly pssMb: number
}

export const parseSmapsRollup = (text: string): ProcessMemory => {
  const megabytes = (name: string): number => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
    if (kib === undefined) throw new Error(`smaps_rollup says nothing about ${name}`)
    return (Number(kib) * 1024) / 1e6
  }
  return { rssMb: megabytes('Rss'), pssMb: megabytes('Pss') }
}

export const readMemory = (pid: number): ProcessMemory =>
  parseSmapsRollup(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
