/** Builds the use cases of the service over the stores. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createCleanupLag } from '@latchkey/runtime/schedule'
import type { Stores } from './compose-stores.ts'
import type { ServiceSettings } from './config.ts'
import { createAcceptMessage } from './usecases/accept-message.ts'
import { createDeleteOldMessages } from './usecases/delete-old-messages.ts'
import { createSweepDeliveries } from './usecases/sweep-deliveries.ts'

const dayMs = 86_400_000

export interface UseCasesInit {
  readonly settings: ServiceSettings
  readonly stores: Stores
  readonly metrics: Metrics
  readonly logger: Logger
  /** Has the outbox relayed at once. */
  readonly nudge: () => void
  readonly now: () => Date
}

export const composeUseCases = ({ settings, stores, metrics, logger, nudge, now }: UseCasesInit) => {
  const { messages, overdue, queue } = stores
  return {
    acceptMessage: createAcceptMessage({
      messages,
      onAccepted: nudge,
      maxAgeMs: settings.MAIL_MAX_AGE_SECONDS * 1_000,
      now,
    }),
    sweepDeliveries: createSweepDeliveries({ overdue, ensureJobs: queue.ensureJobs }),
    deleteOldMessages: createDeleteOldMessages({
      messages,
      retentionMs: settings.MAIL_RETENTION_DAYS * dayMs,
      reportLag: createCleanupLag(metrics),
      now,
      logger,
    }),
  }
}

export type UseCases = ReturnType<typeof composeUseCases>
