/** The identity service's process. */
import { runService } from '@latchkey/runtime/lifecycle'
import { loadSettings } from '@latchkey/runtime/settings'
import { compose } from './compose.ts'
import { identitySettings } from './config.ts'

await runService('identity', ({ env, logger }) => compose(loadSettings(identitySettings, env), logger))
