/** What the suite keeps in memory while nobody asks anything of it. */
import { setTimeout as delay } from 'node:timers/promises'
import { readMemory } from '../processes/memory.ts'
import type { Scenario } from './scenario.ts'

// After the work of starting, the garbage collector gives pages back only when it has time.
const idleMs = 20_000
const goalMb = 600
const notNode = new Set(['postgres', 'redis'])

export const idleMemory: Scenario = {
  name: 'idle-memory',
  what: 'memory of all Node processes while idle',
  needs: 'suite',
  run: async ({ suite }) => {
    await delay(idleMs)
    const processes = suite.servers
      .filter(({ name }) => !notNode.has(name))
      .map(({ name, pid }) => ({ name, ...readMemory(pid) }))
    const sum = (member: 'rssMb' | 'pssMb') => processes.reduce((total, each) => total + each[member], 0)
    const pss = sum('pssMb')
    return {
      kind: 'figures',
      scenario: 'idle-memory',
      figures: [
        ...processes.map(({ name, pssMb }) => ({ what: name, value: pssMb, unit: 'MB' as const })),
        { what: 'all Node processes (PSS)', value: pss, unit: 'MB' },
        { what: 'the sum of their RSS', value: sum('rssMb'), unit: 'MB' },
        { what: 'npm itself (PSS)', value: readMemory(suite.npmPid).pssMb, unit: 'MB' },
      ],
      goal: { text: `all Node processes under ${goalMb} MB together`, met: pss < goalMb },
    }
  },
}
