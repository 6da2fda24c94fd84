/**
 * `npm test`: every check and every test, in this order, all of them even when one fails.
 * `npm test -- <pattern>` runs only the tests whose path matches, with any other option of Jest; a pattern that matches
 * none is a mistake.
 * What fails in a whole run is tried once more and has failed all the same: the end tells whether it is steady.
 */
import { boundaries } from './checks/boundaries.ts'
import { docsPaths } from './checks/docs-paths.ts'
import { drift } from './checks/drift.ts'
import { hasTests, jest } from './checks/jest.ts'
import { lint } from './checks/lint.ts'
import { pinnedVersions } from './checks/pinned-versions.ts'
import { runSteps, type Step } from './checks/run-steps.ts'
import { settingsDocs } from './checks/settings-docs.ts'
import { withTestStores } from './checks/test-stores.ts'
import { types } from './checks/types.ts'

const checks: readonly Step[] = [
  { name: 'format and lint', run: lint },
  { name: 'pinned versions', run: pinnedVersions },
  { name: 'types', run: types },
  { name: 'who imports whom', run: boundaries },
  { name: 'paths in the documentation', run: docsPaths },
  { name: 'docs/settings.md', run: settingsDocs },
  { name: 'migrations make the schemas', run: drift },
]

/** The projects of jest.config.mjs. */
const projects: readonly { readonly name: string; readonly options: readonly string[] }[] = [
  {
    name: 'unit, store and component tests',
    // One more than the smallest machines have cores: each waits a quarter of its time.
    options: ['--selectProjects', 'parts', '--maxWorkers=3'],
  },
  { name: 'end-to-end flows', options: ['--selectProjects', 'end-to-end', '--maxWorkers=2'] },
  {
    name: 'end-to-end flows that need the machine',
    options: ['--selectProjects', 'end-to-end, alone', '--runInBand'],
  },
]

const testsFor = async (args: readonly string[]): Promise<Step[]> => {
  const steps: Step[] = []
  for (const { name, options } of projects) {
    if (args.length === 0 || (await hasTests([...options, ...args])))
      steps.push({ name, run: jest(options, args) })
  }
  return steps
}

const args = process.argv.slice(2)
const tests = await testsFor(args)

if (tests.length === 0) {
  process.stderr.write(`no test has a path that matches ${args.join(' ')}\n`)
  process.exitCode = 1
} else {
  const steps = args.length === 0 ? [...checks, ...tests] : tests
  process.exitCode = await withTestStores(stores => runSteps(steps, stores))
}
