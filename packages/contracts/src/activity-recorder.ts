/**
 * Tells the session service which sessions were used, without a call for each use: the latest use of each, and from each
 * address, is kept in a bounded map and sent once a second. What could not be sent is sent with the next; the uses of the
 * last second are the most that a crash can lose.
 */
import { isUnavailable } from '@latchkey/runtime/grpc'
import type { Logger } from '@latchkey/runtime/logger'
import type { SessionClient } from './session.ts'
import { toTimestamp } from './timestamps.ts'

export interface SessionActivity {
  readonly sessionId: string
  readonly at: Date
  /** Empty where nobody knows. */
  readonly ipAddress: string
}

export interface ActivityRecorderInit {
  readonly sessions: Pick<SessionClient, 'recordActivity'>
  readonly logger: Pick<Logger, 'warn'>
  /** 1,000 by default. */
  readonly intervalMs?: number
  /** Uses remembered at most; above, the one recorded first is dropped. 10,000 by default. */
  readonly capacity?: number
}

/** The most that one RecordActivity takes. */
const callLimit = 1_000

// A stranger's use must not be hidden by the owner's a moment later.
const keyOf = ({ sessionId, ipAddress }: Omit<SessionActivity, 'at'>): string => `${sessionId} ${ipAddress}`

export const createActivityRecorder = (init: ActivityRecorderInit) => {
  const { sessions, logger, intervalMs = 1_000, capacity = 10_000 } = init
  const waiting = new Map<string, SessionActivity>()
  let sending: Promise<void> = Promise.resolve()

  /** A use from an address tells all that one before it from nobody knows where does: a page, and what it led to. */
  const forgetUnplaced = ({ sessionId, at, ipAddress }: SessionActivity): void => {
    if (ipAddress === '') return
    const key = keyOf({ sessionId, ipAddress: '' })
    const unplaced = waiting.get(key)
    if (unplaced !== undefined && unplaced.at <= at) waiting.delete(key)
  }

  const record = (activity: SessionActivity): void => {
    const key = keyOf(activity)
    const known = waiting.get(key)
    if (known !== undefined && known.at > activity.at) return
    waiting.set(key, activity)
    forgetUnplaced(activity)
    if (waiting.size <= capacity) return
    const oldest = waiting.keys().next()
    if (!oldest.done) waiting.delete(oldest.value)
  }

  const send = async (): Promise<void> => {
    while (waiting.size > 0) {
      const batch = [...waiting.values()].slice(0, callLimit)
      for (const activity of batch) waiting.delete(keyOf(activity))
      try {
        await sessions.recordActivity({
          activities: batch.map(({ at, ...activity }) => ({ ...activity, at: toTimestamp(at) })),
        })
      } catch (error) {
        if (!isUnavailable(error)) logger.warn({ error }, 'the use of sessions could not be recorded')
        for (const activity of batch) record(activity)
        return
      }
    }
  }

  /** Sends what is waiting; never rejects. */
  const flush = (): Promise<void> => {
    sending = sending.then(send)
    return sending
  }

  const timer = setInterval(flush, intervalMs)
  timer.unref()

  return {
    /** Remembers that a session was used; costs a map entry. */
    record,
    flush,
    close: (): Promise<void> => {
      clearInterval(timer)
      return flush()
    },
  }
}
