/** Format, lint and import order, by Biome. */
import { runTool } from './run-tool.ts'

export const lint = async (): Promise<undefined> => {
  await runTool('biome', ['ci', '--colors=off', '--max-diagnostics=50'])
}
