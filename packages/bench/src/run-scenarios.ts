/** Runs scenarios one after the other, each on what it needs. A suite serves all scenarios that follow each other. */
import type { Result } from './report/result.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { type Sink, startSink } from './smtp/sink.ts'
import { createScratchFolder } from './suite/scratch-folder.ts'
import { type Suite, startSuite } from './suite/suite.ts'

interface Running {
  readonly needs: 'suite' | 'sink'
  readonly suite: Suite
  readonly sink: Sink
  readonly stop: () => Promise<void>
}

/** @param tell takes each result as soon as there is one */
export const runScenarios = async (
  scenarios: readonly Scenario[],
  tell: (result: Result) => void,
): Promise<void> => {
  const folder = await createScratchFolder()
  let running: Running | undefined
  const suiteFor = async (needs: Running['needs']): Promise<Running> => {
    if (running?.needs !== needs) {
      await running?.stop()
      running = undefined
      running = await startFor(needs, folder.path)
    }
    return running
  }
  try {
    for (const scenario of scenarios) {
      if (scenario.needs === 'folder') tell(await scenario.run({ folder: folder.path }))
      else tell(await scenario.run(await suiteFor(scenario.needs)))
    }
  } finally {
    await running?.stop()
    await folder.remove()
  }
}

const startFor = async (needs: Running['needs'], folder: string): Promise<Running> => {
  const sink = await startSink()
  try {
    const suite = await startSuite({ folder, env: needs === 'sink' ? { SMTP_URL: sink.url } : {} })
    const stop = async (): Promise<void> => {
      await suite.stop()
      sink.close()
    }
    return { needs, suite, sink, stop }
  } catch (error) {
    sink.close()
    throw error
  }
}
