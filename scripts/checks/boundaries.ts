/** The directions of imports, by the rules of dependency-cruiser.config.mjs. */
import { runTool } from './run-tool.ts'

export const boundaries = async (): Promise<undefined> => {
  await runTool('depcruise', ['--config', 'dependency-cruiser.config.mjs', 'packages', 'services'])
}
