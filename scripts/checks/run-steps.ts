/** Runs steps one after the other, tells each one's time and outcome, and ends with the sum of all. */
import type { TestStores } from './test-stores.ts'

export interface Count {
  readonly passed: number
  readonly failed: number
  /** The names of tests that failed, and passed when they were tried again. */
  readonly unsteady?: readonly string[]
}

export interface Step {
  readonly name: string
  /** Throws `CheckFailed` with what is wrong; a step that counts tests says how many. */
  readonly run: (stores: TestStores) => Promise<Count | undefined>
}

/** What a check found wrong, in words for whoever mends it. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed'
}

/**
 * The exit code: 0 when nothing failed. The last line is `N passed, N failed`; before it, what failed and then passed is
 * named.
 */
export const runSteps = async (steps: readonly Step[], stores: TestStores): Promise<0 | 1> => {
  const total = { passed: 0, failed: 0, unsteady: [] as string[] }
  for (const step of steps) {
    if (stores.signal.aborted) break
    const startedAt = performance.now()
    say(`\n▸ ${step.name}`)
    const { passed, failed, unsteady = [] } = await outcomeOf(step, stores)
    total.passed += passed
    total.failed += failed
    total.unsteady.push(...unsteady)
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
    say(`${failed === 0 ? '✓' : '✗'} ${step.name} (${seconds} s)`)
  }
  for (const test of total.unsteady) say(`\n! failed, and passed at a second try: ${test}`)
  say(`\n${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 && !stores.signal.aborted ? 0 : 1
}

const outcomeOf = async (step: Step, stores: TestStores): Promise<Count> => {
  try {
    return (await step.run(stores)) ?? { passed: 1, failed: 0 }
  } catch (error) {
    say(
      error instanceof CheckFailed
        ? error.message
        : error instanceof Error
          ? (error.stack ?? '')
          : String(error),
    )
    return { passed: 0, failed: 1 }
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)
