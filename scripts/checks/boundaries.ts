/** The directions of imports, by the rules of dependency-cruiser.config.mjs. */
import { runTool } from './run-tool.ts'
import type { TestStores } from './test-stores.ts'

export const boundaries = async ({ signal }: TestStores): Promise<undefined> => {
  await runTool('depcruise', ['--config', 'dependency-cruiser.config.mjs', 'packages', 'services'], signal)
}
