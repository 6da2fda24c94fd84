/**
 * Events to other services: a Redis stream, of which each consuming service reads everything through a consumer
 * group of its own. The outbox is what makes an event certain; the stream may lose it, and is told it again.
 */
import type { Redis } from 'ioredis'

// Some days of a busy suite, some 30 MB; who was away for longer than that finds what it missed in Postgres.
const longestStream = 100_000

/** Appends an event, as JSON in the field `event`. Gives the entry's id. @throws when Redis is away */
export const publishTo = async (redis: Redis, stream: string, event: object): Promise<string> => {
  const id = await redis.xadd(stream, 'MAXLEN', '~', longestStream, '*', eventField, JSON.stringify(event))
  if (id === null) throw new Error(`the stream ${stream} took no entry`)
  return id
}

export const eventField = 'event'
