/** Types of every package and service, two at a time, after what is generated; then these scripts. */
import { runTool } from './run-tool.ts'

export const types = async (): Promise<undefined> => {
  await runTool('turbo', ['run', 'check', '--concurrency=2', '--output-logs=errors-only', '--continue'])
  await runTool('tsc', ['-p', 'scripts'])
}
