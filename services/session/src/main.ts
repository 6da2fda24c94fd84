/** The session service's process. */
import { runService } from '@latchkey/runtime/lifecycle'
import { loadSettings } from '@latchkey/runtime/settings'
import { compose } from './compose.ts'
import { sessionSettings } from './config.ts'

await runService('session', ({ env, logger }) => compose(loadSettings(sessionSettings, env), logger))
