/** One line of /proc/<pid>/stat. @see proc_pid_stat(5) */

export interface ProcessStat {
  readonly pid: number
  readonly parentPid: number
  /** CPU of all its threads, in clock ticks. */
  readonly ownTicks: number
  /** CPU of the children that ended and were waited for, with theirs. */
  readonly endedChildrenTicks: number
}

/** The name of a program may hold spaces and parentheses: what follows starts after the last one. */
export const parseStat = (line: string): ProcessStat => {
  const end = line.lastIndexOf(')')
  const fields = line.slice(end + 2).split(' ')
  // Field 3 (state) is the first here.
  const field = (number: number): number => Number(fields[number - 3])
  return {
    pid: Number.parseInt(line, 10),
    parentPid: field(4),
    ownTicks: field(14) + field(15),
    endedChildrenTicks: field(16) + field(17),
  }
}

/** CPU of a process and of all that it ever started, as far as they still run or were waited for. */
export const ticksOfTree = (root: number, processes: readonly ProcessStat[]): number => {
  const found = processes.find(({ pid }) => pid === root)
  if (found === undefined) return 0
  const children = processes.filter(({ parentPid }) => parentPid === root)
  return children.reduce(
    (sum, { pid }) => sum + ticksOfTree(pid, processes),
    found.ownTicks + found.endedChildrenTicks,
  )
}
