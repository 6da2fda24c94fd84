/** The process that sends mails; run as many as the mail server takes. */
import { runService } from '@latchkey/runtime/lifecycle'
import { loadSettings } from '@latchkey/runtime/settings'
import { composeWorker } from './compose-worker.ts'
import { workerSettings } from './config.ts'
import { loadQueueTelemetry } from './queue/queue-telemetry.ts'

await runService('notification-worker', async ({ env, logger }) =>
  composeWorker(loadSettings(workerSettings, env), logger, await loadQueueTelemetry(env)),
)
