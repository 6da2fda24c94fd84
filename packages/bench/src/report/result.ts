/** What a scenario found out. */
import type { CpuSplit } from '../arithmetic/cpu-split.ts'

/** What a figure is held against. */
export interface Goal {
  readonly text: string
  readonly met: boolean
}

/** The same work without Latchkey, in the same run. */
export interface Floor {
  readonly name: string
  /** CPU per operation. */
  readonly micros: number
}

export interface OperationsResult {
  readonly kind: 'operations'
  readonly scenario: string
  readonly operations: number
  readonly seconds: number
  readonly perSecond: number
  readonly p50Ms?: number
  readonly p99Ms?: number
  readonly cpu: CpuSplit
  /** CPU of the load per operation, which is not in `cpu`. */
  readonly loadMicros?: number
  readonly floors: readonly Floor[]
  readonly goal?: Goal
}

export interface FiguresResult {
  readonly kind: 'figures'
  readonly scenario: string
  readonly figures: readonly {
    readonly what: string
    readonly value: number
    readonly unit: 's' | 'MB' | 'ms' | '/s' | '%' | ''
  }[]
  readonly goal?: Goal
}

export type Result = OperationsResult | FiguresResult
