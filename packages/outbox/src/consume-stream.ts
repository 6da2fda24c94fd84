/**
 * The receiving side of events: each is handled at least once by one process of the group. What a killed process
 * left unfinished, another takes over; what Redis forgot, begins anew; what can't be handled now, is tried again.
 */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@latchkey/runtime/logger'
import { whenReady } from '@latchkey/runtime/redis'
import type { Redis } from 'ioredis'
import { createStreamGroup, isGroupMissing, type StreamEntry } from './stream-group.ts'

export interface ConsumeStreamInit {
  /** Whose settings the consumer's own connection takes; it never blocks this one. */
  readonly redis: Redis
  readonly stream: string
  /** The consuming service: each group gets every event. */
  readonly group: string
  /** The process; by default a name that no other has. */
  readonly consumer?: string
  /** May be called again for the same event, and for several at once in different processes. */
  readonly handle: (event: unknown) => Promise<unknown>
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>
  /** How long an event may stay unfinished before it is handled again, here or elsewhere. */
  readonly retryAfterMs?: number
}

export interface StreamConsumer {
  /** Finishes the event that is being handled and reads no more. */
  readonly close: () => Promise<void>
}

// How long one read waits; also the longest that a retry comes late.
const blockMs = 2_000
// A connection that is silent for longer than any read may be is dead.
const silenceMs = 3 * blockMs
const retryDelayMs = 500
const forgetEveryMs = 3_600_000

export const consumeStream = (init: ConsumeStreamInit): StreamConsumer => {
  const { stream, group, handle, logger, retryAfterMs = 15_000 } = init
  const consumer = init.consumer ?? `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  const redis = init.redis.duplicate({ commandTimeout: undefined, socketTimeout: silenceMs })
  redis.on('error', () => undefined)
  const entries = createStreamGroup({ redis, stream, group, consumer })
  const stopping = new AbortController()
  let isReading = false
  let claimedAtMs = Number.NEGATIVE_INFINITY
  let forgottenAtMs = performance.now()

  const nextEntries = async (): Promise<StreamEntry[]> => {
    const nowMs = performance.now()
    if (nowMs - forgottenAtMs > forgetEveryMs) {
      forgottenAtMs = nowMs
      await entries.forgetConsumers(forgetEveryMs)
    }
    if (nowMs - claimedAtMs > Math.min(blockMs, retryAfterMs)) {
      const unfinished = await entries.claimUnfinished(retryAfterMs)
      // After a full batch there may be more: those before anything new.
      if (unfinished.length > 0) return unfinished
      claimedAtMs = nowMs
    }
    return entries.readNew(blockMs)
  }

  const deliver = async (entry: StreamEntry): Promise<void> => {
    try {
      if (entry.event === undefined)
        logger.error({ stream, id: entry.id }, 'an event is not readable; it is dropped')
      else await handle(entry.event)
    } catch (error) {
      logger.warn({ stream, id: entry.id, error }, 'an event was not handled; it is tried again')
      return
    }
    await entries.acknowledge(entry)
  }

  const turn = async (): Promise<void> => {
    isReading = true
    const batch = await nextEntries().finally(() => {
      isReading = false
    })
    for (const entry of batch) {
      if (stopping.signal.aborted) return
      await deliver(entry)
    }
  }

  let isAway = false
  const recover = async (error: unknown): Promise<void> => {
    if (stopping.signal.aborted) return
    if (isGroupMissing(error)) return entries.ensure()
    if (!isAway) logger.warn({ stream, error }, 'events can not be read; they wait')
    isAway = true
    if (!(await whenReady(redis, retryDelayMs))) return
    await delay(retryDelayMs, undefined, { signal: stopping.signal })
  }

  const run = async (): Promise<void> => {
    await whenReady(redis, retryDelayMs)
    while (!stopping.signal.aborted) {
      try {
        await turn()
        if (isAway) logger.info({ stream }, 'events can be read again')
        isAway = false
      } catch (error) {
        await recover(error).catch(() => undefined)
      }
    }
  }

  const running = run()
  return {
    close: async () => {
      stopping.abort()
      if (isReading) redis.disconnect()
      await running
      // Of a stream that has ended, ioredis would await the end for two seconds more.
      if (redis.status !== 'end') redis.disconnect()
    },
  }
}
