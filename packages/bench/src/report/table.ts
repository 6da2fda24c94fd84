/** Results as lines for people. */
import type { FiguresResult, OperationsResult, Result } from './result.ts'

export const table = (result: Result): string =>
  [
    ...(result.kind === 'operations' ? operationLines(result) : figureLines(result)),
    ...goalLine(result),
    '',
  ].join('\n')

const operationLines = (result: OperationsResult): string[] => {
  const { scenario, perSecond, p50Ms, p99Ms, cpu, loadMicros, floors } = result
  return [
    `${scenario}: ${whole(cpu.perCoreSecond)} per core-second, ${whole(cpu.micros)} µs of CPU each`,
    row('throughput', `${whole(perSecond)} /s`),
    ...(p50Ms === undefined ? [] : [row('p50', `${precise(p50Ms)} ms`)]),
    ...(p99Ms === undefined ? [] : [row('p99', `${precise(p99Ms)} ms`)]),
    ...Object.entries(cpu.microsByProcess)
      .filter(([, micros]) => micros >= 0.5)
      .map(([name, micros]) => row(name, `${whole(micros)} µs`)),
    ...(loadMicros === undefined ? [] : [row('(the load)', `${whole(loadMicros)} µs`)]),
    ...floors.map(({ name, micros }) => row(`floor: ${name}`, `${whole(micros)} µs`)),
  ]
}

const figureLines = ({ scenario, figures }: FiguresResult): string[] => [
  scenario,
  ...figures.map(({ what, value, unit }) => row(what, `${precise(value)} ${unit}`)),
]

const goalLine = ({ goal }: Result): string[] =>
  goal === undefined ? [] : [`  ${goal.met ? 'met' : 'MISSED'}: ${goal.text}`]

const row = (what: string, value: string): string => `  ${what.padEnd(30)}${value.padStart(12)}`

const whole = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 0 })

const precise = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 })
