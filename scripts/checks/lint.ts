/** Format, lint and import order, by Biome. */
import { runTool } from './run-tool.ts'
import type { TestStores } from './test-stores.ts'

export const lint = async ({ signal }: TestStores): Promise<undefined> => {
  await runTool('biome', ['ci', '--colors=off', '--max-diagnostics=50'], signal)
}
