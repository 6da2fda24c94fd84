/**
 * The latest use of each session since the last flush. Bounded: with Postgres away for long, uses of sessions
 * beyond the bound are not remembered, and counted.
 */
import type { SessionId } from '../domain/ids.ts'
import type { Activity } from '../domain/session.ts'

// About 20 MiB, and 50 times what a busy replica hears of between two flushes.
const defaultCapacity = 100_000

const later = (known: Activity | undefined, activity: Activity): Activity => {
  if (known === undefined) return activity
  const [older, newer] = known.at < activity.at ? [known, activity] : [activity, known]
  return { ...newer, ipAddress: newer.ipAddress ?? older.ipAddress }
}

export const createActivityBuffer = ({ capacity = defaultCapacity } = {}) => {
  let latest = new Map<SessionId, Activity>()

  return {
    /** Keeps the later use of each session; gives how many found no room. */
    add: (activities: readonly Activity[]): number => {
      let dropped = 0
      for (const activity of activities) {
        const known = latest.get(activity.sessionId)
        if (known === undefined && latest.size >= capacity) dropped += 1
        else latest.set(activity.sessionId, later(known, activity))
      }
      return dropped
    },
    find: (id: SessionId): Activity | undefined => latest.get(id),
    /** Everything, which the buffer then no longer holds; `add` puts back what could not be written. */
    take: (): readonly Activity[] => {
      const taken = [...latest.values()]
      latest = new Map()
      return taken
    },
    get size() {
      return latest.size
    },
  }
}
