/** From a measured load to a result. */
import type { Measured } from '../load/load.ts'
import type { Floor, Goal, OperationsResult } from '../report/result.ts'

export interface OperationsInit {
  readonly scenario: string
  readonly measured: Measured
  readonly floors: readonly Floor[]
  /** Operations per core-second. */
  readonly goal?: number
}

export const operations = ({ scenario, measured, floors, goal }: OperationsInit): OperationsResult => ({
  kind: 'operations',
  scenario,
  operations: measured.operations,
  seconds: measured.seconds,
  perSecond: measured.operations / measured.seconds,
  p50Ms: measured.p50Ms,
  p99Ms: measured.p99Ms,
  cpu: measured.cpu,
  loadMicros: (measured.cpuSeconds / measured.operations) * 1e6,
  floors,
  ...(goal === undefined ? {} : { goal: perCoreSecond(goal, measured) }),
})

const perCoreSecond = (wanted: number, { cpu }: Measured): Goal => ({
  text: `at least ${wanted} per core-second`,
  met: cpu.perCoreSecond >= wanted,
})
