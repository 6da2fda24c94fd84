/**
 * The latest use of each session since the last flush, and of each address that it came from meanwhile: a stranger's use
 * must not be hidden by the owner's a moment later. Bounded: with Postgres away for long, uses of sessions beyond the
 * bound are not remembered, and counted.
 */
import type { SessionId } from '../domain/ids.ts'
import type { Activity } from '../domain/session.ts'

// About 20 MiB, and 50 times what a busy replica hears of between two flushes.
const defaultCapacity = 100_000
/** Of one session between two flushes, the latest ones. */
const addressesPerSession = 4

type Uses = readonly [latest: Activity, ...earlier: Activity[]]

const byTime = (a: Activity, b: Activity): number => b.at.getTime() - a.at.getTime()

const isOfOneAddress = (a: Activity, b: Activity): boolean =>
  a.ipAddress === b.ipAddress || a.ipAddress === undefined || b.ipAddress === undefined

const merge = (a: Activity, b: Activity): Activity => {
  const [older, newer] = a.at < b.at ? [a, b] : [b, a]
  return { ...newer, ipAddress: newer.ipAddress ?? older.ipAddress }
}

/** Latest first. Nearly always one: then nothing is sorted. */
const addTo = (known: Uses | undefined, activity: Activity): Uses => {
  if (known === undefined) return [activity]
  const same = known.find(use => isOfOneAddress(use, activity))
  const merged = same === undefined ? activity : merge(same, activity)
  const others = known.filter(use => use !== same)
  if (others.length === 0) return [merged]
  const [latest = merged, ...earlier] = [merged, ...others].sort(byTime).slice(0, addressesPerSession)
  return [latest, ...earlier]
}

const pick = (sessions: ReadonlyMap<SessionId, Uses>, ids: Iterable<SessionId>) => {
  const picked = new Map<SessionId, Uses>()
  for (const id of ids) {
    const uses = sessions.get(id)
    if (uses !== undefined) picked.set(id, uses)
  }
  return picked
}

export const createActivityBuffer = ({ capacity = defaultCapacity } = {}) => {
  let sessions = new Map<SessionId, Uses>()

  return {
    /** Keeps the later use of each session and address; gives how many found no room. */
    add: (activities: readonly Activity[]): number => {
      let dropped = 0
      for (const activity of activities) {
        const known = sessions.get(activity.sessionId)
        if (known === undefined && sessions.size >= capacity) dropped += 1
        else sessions.set(activity.sessionId, addTo(known, activity))
      }
      return dropped
    },
    find: (id: SessionId): Activity | undefined => sessions.get(id)?.[0],
    /** What the buffer then no longer holds, of all sessions or of those; `add` puts back what could not be written. */
    take: (ids?: Iterable<SessionId>): ReadonlyMap<SessionId, Uses> => {
      const taken = ids === undefined ? sessions : pick(sessions, ids)
      if (ids === undefined) sessions = new Map()
      else for (const id of taken.keys()) sessions.delete(id)
      return taken
    },
    get size() {
      return sessions.size
    },
  }
}
