/** The process that accepts messages. */
import { runService } from '@latchkey/runtime/lifecycle'
import { loadSettings } from '@latchkey/runtime/settings'
import { compose } from './compose.ts'
import { serviceSettings } from './config.ts'
import { loadQueueTelemetry } from './queue/queue-telemetry.ts'

await runService('notification', async ({ env, logger }) =>
  compose(loadSettings(serviceSettings, env), logger, await loadQueueTelemetry(env)),
)
