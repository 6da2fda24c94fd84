/**
 * Hands the outbox's rows over, each at least once: a row is marked only after its receiver took it, so a crash in
 * between means a second delivery, never a lost one. Rows go out side by side and failed ones later, so no order
 * is promised; a row that always fails delays no other.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import type pg from 'pg'
import { settlesWithin } from './bounded.ts'
import { coalesce } from './coalesce.ts'
import { createHousekeeping } from './housekeeping.ts'
import { createRelayMetrics } from './relay-metrics.ts'
import { createRelayRow, type OutboxHandler } from './relay-row.ts'
import { createOutboxRows } from './rows.ts'

export type { OutboxHandler } from './relay-row.ts'

export interface RelayInit {
  /** Of the schema that holds the table `outbox`. */
  readonly pool: pg.Pool
  /** One for each kind that this process relays; rows of other kinds are left alone. */
  readonly handlers: Readonly<Record<string, OutboxHandler>>
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>
  readonly metrics: Pick<Metrics, 'counter' | 'gauge'>
  /** Rows in flight at a time. */
  readonly batchSize?: number
  /** How often to look without being nudged: for retries, and for rows of a process that died. */
  readonly pollMs?: number
  /** How long a row belongs to who claimed it; an attempt is given up some seconds before. */
  readonly leaseMs?: number
}

export interface Relay {
  readonly start: () => void
  /**
   * Looks for rows now; call it after the commit. Resolves when what is due has been tried once; never rejects,
   * so it need not be awaited.
   */
  readonly nudge: () => Promise<void>
  /** Claims no more, and waits for what is in flight; after `deadlineMs` that is given up and goes out again later. */
  readonly close: (deadlineMs?: number) => Promise<void>
}

// What is given up at the close is put back, unless Postgres is away as well: then its lease runs out.
const putBackMs = 1_000

export const createRelay = (init: RelayInit): Relay => {
  const { pool, handlers, logger, batchSize = 20, pollMs = 1_000, leaseMs = 30_000 } = init
  const kinds = Object.keys(handlers)
  const rows = createOutboxRows(pool)
  const metrics = createRelayMetrics(init.metrics)
  const aborting = new AbortController()
  const timeoutMs = leaseMs * 0.8
  const relayRow = createRelayRow({ rows, handlers, timeoutMs, closing: aborting.signal, metrics, logger })
  const keepHouse = createHousekeeping({ rows, metrics })
  const inFlight = new Set<Promise<void>>()
  const stopping = new AbortController()

  const launch = (attempt: Promise<void>): void => {
    const tracked = attempt.finally(() => inFlight.delete(tracked))
    inFlight.add(tracked)
  }

  const claimAllDue = coalesce(async () => {
    while (!stopping.signal.aborted) {
      const free = batchSize - inFlight.size
      if (free === 0) {
        await Promise.race(inFlight)
        continue
      }
      const claimed = await rows.claim(kinds, free, leaseMs / 1_000)
      for (const row of claimed) launch(relayRow(row))
      if (claimed.length < free) return
    }
  })

  const health = createHealthLog(logger)
  const look = async (): Promise<void> => {
    try {
      await claimAllDue()
      health.succeeded()
    } catch (error) {
      health.failed(error)
    }
  }

  const poll = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await look()
      await keepHouse().catch(health.failed)
      await delay(pollMs * (0.75 + Math.random() / 2), undefined, { signal: stopping.signal }).catch(
        () => undefined,
      )
    }
  }

  let polling: Promise<void> | undefined
  const drain = async (): Promise<void> => {
    // A look that is under way may still bring rows; behind it nothing more comes.
    await look()
    await polling
    await Promise.all(inFlight)
  }

  return {
    start: () => {
      polling ??= poll()
    },
    nudge: async () => {
      await look()
      await Promise.all(inFlight)
    },
    close: async (deadlineMs = 5_000) => {
      stopping.abort()
      const drained = drain()
      if (await settlesWithin(drained, deadlineMs)) return
      aborting.abort(new Error('the process is stopping'))
      await settlesWithin(drained, putBackMs)
    },
  }
}

/** One line when the outbox can't be read and one when it can again, however long it lasts. */
const createHealthLog = (logger: RelayInit['logger']) => {
  let isFailing = false
  return {
    failed: (error: unknown): void => {
      if (!isFailing) logger.warn({ error }, 'the outbox can not be read; rows wait')
      isFailing = true
    },
    succeeded: (): void => {
      if (isFailing) logger.info('the outbox can be read again')
      isFailing = false
    },
  }
}
