/**
 * `session:{id}` in Redis: what operators look at, there for as long as a session is active, and the freshest
 * word on when it was used, whichever replica heard of it. Nothing is decided by it; it may vanish at any time.
 */
import { sessionEndedKey } from '@latchkey/revocation'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { deviceLabel } from '../domain/device-label.ts'
import type { SessionId } from '../domain/ids.ts'
import { expiresAtOf } from '../domain/lifetime.ts'
import type { Activity, LastSeen, Session } from '../domain/session.ts'
import { sessionKey } from './session-keys.ts'

const record = z.object({
  id: z.uuid(),
  user_id: z.uuid(),
  created_at: z.iso.datetime(),
  last_accessed: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  ends_at: z.iso.datetime(),
  ttl_seconds: z.int(),
  ip_address: z.string().nullable(),
  user_agent: z.string(),
  device: z.string(),
  review_until: z.iso.datetime().nullable().default(null),
})

type SessionRecord = z.infer<typeof record>

const toRecord = (session: Session): SessionRecord => ({
  id: session.id,
  user_id: session.userId,
  created_at: session.createdAt.toISOString(),
  last_accessed: session.lastAccessedAt.toISOString(),
  expires_at: expiresAtOf(session).toISOString(),
  ends_at: session.endsAt.toISOString(),
  ttl_seconds: session.ttlSeconds,
  ip_address: session.ipAddress ?? null,
  user_agent: session.userAgent,
  device: deviceLabel(session.userAgent),
  review_until: session.review?.until.toISOString() ?? null,
})

const moveOn = (known: SessionRecord, { at, ipAddress }: Activity): SessionRecord => ({
  ...known,
  last_accessed: at.toISOString(),
  expires_at: expiresAtOf({
    ttlSeconds: known.ttl_seconds,
    lastAccessedAt: at,
    endsAt: new Date(known.ends_at),
  }).toISOString(),
  ip_address: ipAddress ?? known.ip_address,
})

/** What someone else wrote there counts as nothing. */
const parseRecord = (text: string | null | undefined): SessionRecord | undefined => {
  if (text === null || text === undefined) return undefined
  try {
    return record.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

// A stamp that comes late must not bring the key of an ended session back: its marker is looked at in one step.
const putUnlessEnded = `if redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2])
end`

export const createSessionRecords = ({ redis, now }: { redis: Redis; now: () => Date }) => {
  const write = async (records: readonly SessionRecord[]): Promise<void> => {
    const active = records.filter(({ expires_at }) => new Date(expires_at) > now())
    // All that is put in one turn of the event loop shares a write, whoever puts it.
    await Promise.all(
      active.map(each => {
        const id = each.id as SessionId
        const expiresAtMs = new Date(each.expires_at).getTime()
        return redis.eval(
          putUnlessEnded,
          2,
          sessionKey(id),
          sessionEndedKey(id),
          JSON.stringify(each),
          expiresAtMs,
        )
      }),
    )
  }

  const read = async (ids: readonly SessionId[]): Promise<ReadonlyMap<SessionId, SessionRecord>> => {
    if (ids.length === 0) return new Map()
    const texts = await redis.mget(ids.map(sessionKey))
    return new Map(
      ids.flatMap((id, index) => {
        const known = parseRecord(texts[index])
        return known === undefined ? [] : [[id, known] as const]
      }),
    )
  }

  return {
    put: (sessions: readonly Session[]): Promise<void> => write(sessions.map(toRecord)),

    /** Moves on those that are there; a flush puts the others back. */
    touch: async (activities: readonly Activity[]): Promise<void> => {
      const known = await read(activities.map(({ sessionId }) => sessionId))
      await write(
        activities.flatMap(activity => {
          const current = known.get(activity.sessionId)
          return current === undefined || new Date(current.last_accessed) >= activity.at
            ? []
            : [moveOn(current, activity)]
        }),
      )
    },

    lastSeen: async (ids: readonly SessionId[]): Promise<ReadonlyMap<SessionId, LastSeen>> => {
      const known = await read(ids)
      return new Map(
        [...known].map(([id, { last_accessed, ip_address }]) => [
          id,
          { at: new Date(last_accessed), ipAddress: ip_address ?? undefined },
        ]),
      )
    },

    remove: async (ids: readonly SessionId[]): Promise<void> => {
      if (ids.length > 0) await redis.del(ids.map(sessionKey))
    },
  }
}
