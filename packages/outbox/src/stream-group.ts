/** One consumer of one group of a Redis stream: the commands, and their replies put in shape. */
import type { Redis } from 'ioredis'
import { eventField } from './publish.ts'

export interface StreamEntry {
  readonly id: string
  /** The event as it was published; undefined for what `publishTo` did not write. */
  readonly event: unknown
}

export interface StreamGroupInit {
  /** A connection of its own: reads block it. */
  readonly redis: Redis
  readonly stream: string
  readonly group: string
  readonly consumer: string
}

// Both reads: enough to work on, little to lose when the process dies.
const batchSize = 50

export const createStreamGroup = ({ redis, stream, group, consumer }: StreamGroupInit) => ({
  /** Makes stream and group where they don't exist; the group begins with what the stream already holds. */
  ensure: async (): Promise<void> => {
    try {
      await redis.xgroup('CREATE', stream, group, '0', 'MKSTREAM')
    } catch (error) {
      if (!repliedWith(error, 'BUSYGROUP')) throw error
    }
  },

  /** Entries that no consumer of the group has had; waits up to `blockMs` for one. */
  readNew: async (blockMs: number): Promise<StreamEntry[]> => {
    const reply = await redis.xreadgroup(
      'GROUP',
      group,
      consumer,
      'COUNT',
      batchSize,
      'BLOCK',
      blockMs,
      'STREAMS',
      stream,
      '>',
    )
    return (reply ?? []).flatMap(([, entries]) => entries.flatMap(toEntry))
  },

  /** Takes over entries that some consumer has had for `idleMs` without finishing: it died, or its handler failed. */
  claimUnfinished: async (idleMs: number): Promise<StreamEntry[]> => {
    const reply = await redis.xautoclaim(stream, group, consumer, idleMs, '0-0', 'COUNT', batchSize)
    const entries: unknown = reply[1]
    return Array.isArray(entries) ? entries.flatMap(toEntry) : []
  },

  acknowledge: async ({ id }: StreamEntry): Promise<void> => {
    await redis.xack(stream, group, id)
  },

  /** Removes consumers that were last heard of `idleMs` ago and left nothing behind: each process is a new one. */
  forgetConsumers: async (idleMs: number): Promise<void> => {
    const reply: unknown = await redis.xinfo('CONSUMERS', stream, group)
    for (const each of Array.isArray(reply) ? reply : []) {
      const known = fromPairs(each)
      if (known.get('pending') === 0 && Number(known.get('idle')) > idleMs) {
        await redis.xgroup('DELCONSUMER', stream, group, String(known.get('name')))
      }
    }
  },
})

/** Whether Redis forgot the group, or the stream with it: it was flushed, or came back without its data. */
export const isGroupMissing = (error: unknown): boolean =>
  repliedWith(error, 'NOGROUP') || repliedWith(error, 'UNBLOCKED')

const repliedWith = (error: unknown, code: string): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'message' in error &&
  String(error.message).startsWith(`${code} `)

/** An entry that was trimmed from the stream while it was unfinished has no fields any more. */
const toEntry = (entry: unknown): StreamEntry[] => {
  if (!Array.isArray(entry) || !Array.isArray(entry[1])) return []
  return [{ id: String(entry[0]), event: parseEvent(fromPairs(entry[1]).get(eventField)) }]
}

const parseEvent = (json: unknown): unknown => {
  try {
    return typeof json === 'string' ? JSON.parse(json) : undefined
  } catch {
    return undefined
  }
}

/** `[name, value, name, value]` */
const fromPairs = (flat: unknown): ReadonlyMap<unknown, unknown> => {
  const map = new Map<unknown, unknown>()
  if (Array.isArray(flat)) for (let at = 0; at < flat.length; at += 2) map.set(flat[at], flat[at + 1])
  return map
}
