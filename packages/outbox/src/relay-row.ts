/** One attempt to hand one row over, bounded in time, and the note of how it went. */
import { createContext, withContext } from '@latchkey/runtime/context'
import { type Logger, redactText } from '@latchkey/runtime/logger'
import { backoffSeconds } from './backoff.ts'
import { bounded } from './bounded.ts'
import type { RelayMetrics } from './relay-metrics.ts'
import type { OutboxRow, OutboxRows } from './rows.ts'

/**
 * Hands a row to its receiver. It may be called again for a row that it has already handed over, so the receiver
 * must recognise `row.id` or not mind; it should give up when `signal` aborts.
 */
export type OutboxHandler = (row: OutboxRow, signal: AbortSignal) => Promise<unknown>

export interface RelayRowDeps {
  readonly rows: Pick<OutboxRows, 'markRelayed' | 'putBack'>
  readonly handlers: Readonly<Record<string, OutboxHandler>>
  readonly timeoutMs: number
  /** Aborts every attempt when the process can't wait any longer. */
  readonly closing: AbortSignal
  readonly metrics: RelayMetrics
  readonly logger: Pick<Logger, 'warn' | 'error'>
}

const longestErrorText = 500

/** Never rejects: a row that could not be marked is handed over again when its lease is up. */
export const createRelayRow =
  (deps: RelayRowDeps) =>
  async (row: OutboxRow): Promise<void> => {
    try {
      const failure = await attempt(deps, row)
      if (failure === undefined) {
        await deps.rows.markRelayed(row)
        deps.metrics.relayed.inc({ kind: row.kind })
        return
      }
      const delaySeconds = backoffSeconds(row.attempts)
      deps.metrics.failed.inc({ kind: row.kind })
      deps.logger.warn(
        {
          outbox: { id: row.id, kind: row.kind, attempts: row.attempts },
          retry_seconds: delaySeconds,
          error: failure.error,
        },
        'an outbox row was not relayed',
      )
      await deps.rows.putBack(row, delaySeconds, redactText(String(failure.error)).slice(0, longestErrorText))
    } catch (error) {
      deps.logger.error(
        { outbox: { id: row.id, kind: row.kind }, error },
        'the state of an outbox row was not saved',
      )
    }
  }

const attempt = async (deps: RelayRowDeps, row: OutboxRow): Promise<{ error: unknown } | undefined> => {
  const handle = deps.handlers[row.kind]
  if (handle === undefined) return { error: new Error(`no handler for ${row.kind}`) }
  const context = createContext({ requestId: row.id })
  try {
    await bounded(signal => withContext(context, () => handle(row, signal)), {
      timeoutMs: deps.timeoutMs,
      stop: deps.closing,
    })
    return undefined
  } catch (error) {
    return { error }
  }
}
