/**
 * Lets an answer come after what it caused: the outbox row is committed, so its delivery is certain; waiting a moment
 * for it means that normally a session has ended before its owner is told so. A neighbour that is away costs no more
 * than that moment.
 */
import { setTimeout as delay } from 'node:timers/promises'

export interface SettleDeps {
  /** Relays what is pending; resolves when it has been tried. */
  readonly relayNow: () => Promise<void>
  readonly timeoutMs: number
}

export const createSettle =
  ({ relayNow, timeoutMs }: SettleDeps) =>
  async (): Promise<void> => {
    const late = new AbortController()
    const tried = relayNow().catch(() => undefined)
    await Promise.race([tried, delay(timeoutMs, undefined, { signal: late.signal }).catch(() => undefined)])
    late.abort()
  }
