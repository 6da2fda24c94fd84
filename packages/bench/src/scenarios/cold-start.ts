/** `npm start` in a new clone with an empty home: downloads, installs, generates, migrates, starts. */
import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '@latchkey/launcher/stack'
import { npmStart } from '../suite/npm-start.ts'
import type { Scenario } from './scenario.ts'

const goalSeconds = 300
const timeoutMs = 900_000

export const coldStart: Scenario = {
  name: 'cold-start',
  what: 'npm start in a clean clone with an empty home',
  needs: 'folder',
  onDemand: true,
  run: async ({ folder }) => {
    const checkout = join(folder, 'clone')
    const home = join(folder, 'home')
    await mkdir(home)
    await promisify(execFile)('git', ['clone', '--quiet', root, checkout])
    const running = await npmStart({
      checkout,
      dataDir: join(checkout, '.latchkey'),
      env: { ...process.env, HOME: home },
      timeoutMs,
    })
    await running.stop()
    return {
      kind: 'figures',
      scenario: 'cold-start',
      figures: [{ what: 'from the command to the demo user', value: running.seconds, unit: 's' }],
      goal: { text: `under ${goalSeconds} s`, met: running.seconds < goalSeconds },
    }
  },
}
