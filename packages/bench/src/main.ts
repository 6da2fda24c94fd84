/**
 * `node packages/bench/src/main.ts [name …] [--json file]`: measures the real suite on this machine. Without names,
 * everything but what takes minutes. Exit codes: 0 measured (whatever came out), 1 failed, 2 usage.
 */
import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { Result } from './report/result.ts'
import { table } from './report/table.ts'
import { runScenarios } from './run-scenarios.ts'
import { scenarios } from './scenarios/index.ts'
import type { Scenario } from './scenarios/scenario.ts'

const usage = (): string =>
  [
    'node packages/bench/src/main.ts [name …] [--json file]',
    '',
    ...scenarios.map(
      ({ name, what, onDemand }) => `  ${name.padEnd(18)}${what}${onDemand ? ' (only by name)' : ''}`,
    ),
    '',
  ].join('\n')

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const chosen = (names: readonly string[]): readonly Scenario[] | undefined => {
  if (names.length === 0) return scenarios.filter(({ onDemand }) => onDemand !== true)
  const found = scenarios.filter(({ name }) => names.includes(name))
  return found.length === new Set(names).size ? found : undefined
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } })
const selection = chosen(positionals)

if (selection === undefined) {
  process.stderr.write(usage())
  process.exitCode = 2
} else {
  const results: Result[] = []
  say(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}\n`)
  await runScenarios(selection, result => {
    results.push(result)
    say(table(result))
  })
  if (values.json !== undefined) {
    const machine = { node: process.versions.node, cores: cpus().length, model: cpus()[0]?.model }
    await writeFile(values.json, `${JSON.stringify({ machine, results }, null, 2)}\n`)
  }
}
