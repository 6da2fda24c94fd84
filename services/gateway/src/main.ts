/** The gateway's process. */
import { runService } from '@latchkey/runtime/lifecycle'
import { loadSettings } from '@latchkey/runtime/settings'
import { compose } from './compose.ts'
import { gatewaySettings } from './config.ts'

await runService('gateway', ({ env, logger }) => compose(loadSettings(gatewaySettings, env), logger))
