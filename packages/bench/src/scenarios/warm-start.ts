/** `npm start` on data that an earlier start left. */
import { percentile } from '../arithmetic/percentile.ts'
import { startSuite } from '../suite/suite.ts'
import type { Scenario } from './scenario.ts'

const starts = 3
const goalSeconds = 15

export const warmStart: Scenario = {
  name: 'warm-start',
  what: 'npm start in a checkout that was started before',
  needs: 'folder',
  run: async ({ folder }) => {
    const start = async (): Promise<number> => {
      const suite = await startSuite({ folder })
      await suite.stop()
      return suite.seconds
    }
    const first = await start()
    const warm: number[] = []
    while (warm.length < starts) warm.push(await start())
    const median = percentile(warm, 0.5) ?? Number.NaN
    return {
      kind: 'figures',
      scenario: 'warm-start',
      figures: [
        { what: `median of ${starts}`, value: median, unit: 's' },
        { what: 'on an empty data folder', value: first, unit: 's' },
      ],
      goal: { text: `under ${goalSeconds} s`, met: median < goalSeconds },
    }
  },
}
