/**
 * `npm test`: every check and every test, in this order, all of them even when one fails.
 * `npm test -- <pattern>` runs only the tests whose path matches, with any other option of Jest.
 */
import { boundaries } from './checks/boundaries.ts'
import { docsPaths } from './checks/docs-paths.ts'
import { drift } from './checks/drift.ts'
import { jest } from './checks/jest.ts'
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

const tests = (args: readonly string[]): readonly Step[] => [
  {
    name: 'unit, store and component tests',
    // One more than the smallest machines have cores: each waits a quarter of its time.
    run: jest(['--selectProjects', 'parts', '--maxWorkers=3', ...args]),
  },
  { name: 'end-to-end flows', run: jest(['--selectProjects', 'end-to-end', '--maxWorkers=2', ...args]) },
  {
    name: 'end-to-end flows that need the machine',
    run: jest(['--selectProjects', 'end-to-end, alone', '--runInBand', ...args]),
  },
]

const args = process.argv.slice(2)
const steps = args.length === 0 ? [...checks, ...tests([])] : tests(args)

process.exitCode = await withTestStores(stores => runSteps(steps, stores))
