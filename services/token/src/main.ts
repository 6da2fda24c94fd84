/** The token service's process. */
import { runService } from '@latchkey/runtime/lifecycle'
import { loadSettings } from '@latchkey/runtime/settings'
import { compose } from './compose.ts'
import { tokenSettings } from './config.ts'

await runService('token', ({ env, logger }) => compose(loadSettings(tokenSettings, env), logger))
