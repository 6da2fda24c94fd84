/**
 * Key sets at addresses of clients: kept for some minutes, fetched anew when they do not know a key, and used on while
 * their server is away. However often a client, or somebody in its name, asks: an address is called once in a while.
 */
import type { Logger } from '@latchkey/runtime/logger'
import type { OutboundFetch } from '@latchkey/runtime/outbound'
import type { JSONWebKeySet } from 'jose'
import { parseKeySet } from './key-set.ts'

export interface FetchedKeySetsDeps {
  readonly fetch: OutboundFetch
  readonly now: () => Date
  readonly logger: Pick<Logger, 'warn'>
}

interface Entry {
  readonly keySet: JSONWebKeySet | undefined
  readonly fetchedAtMs: number
  /** Of the last attempt, whatever came of it. */
  readonly triedAtMs: number
}

const freshMs = 300_000
// Between two attempts at one address.
const cooldownMs = 10_000
// A day of outage; a key that was withdrawn must not be good for ever.
const maxStaleMs = 86_400_000
const maxKept = 1_000

const never: Entry = { keySet: undefined, fetchedAtMs: 0, triedAtMs: 0 }

const contentTypes = ['application/json', 'application/jwk-set+json']

export const createFetchedKeySets = ({ fetch, now, logger }: FetchedKeySetsDeps) => {
  const kept = new Map<string, Entry>()
  const underWay = new Map<string, Promise<Entry>>()

  const read = async (uri: string): Promise<JSONWebKeySet> => {
    const { status, body } = await fetch(uri, { contentTypes, headers: { accept: contentTypes.join(', ') } })
    const keySet = status === 200 ? parseKeySet(JSON.parse(body.toString())) : undefined
    if (keySet === undefined) throw new Error(`The answer with status ${status} is no key set`)
    return keySet
  }

  const attempt = async (uri: string): Promise<Entry> => {
    const triedAtMs = now().getTime()
    const known = kept.get(uri) ?? never
    const entry = await read(uri).then(
      keySet => ({ keySet, fetchedAtMs: triedAtMs, triedAtMs }),
      (error: unknown) => {
        logger.warn({ error, jwks_uri: uri }, 'the keys of a client could not be fetched')
        return { ...known, triedAtMs }
      },
    )
    kept.delete(uri)
    const oldest = kept.size >= maxKept ? kept.keys().next().value : undefined
    if (oldest !== undefined) kept.delete(oldest)
    kept.set(uri, entry)
    return entry
  }

  /** One attempt at a time for each address. */
  const fetchOnce = (uri: string): Promise<Entry> => {
    const running = underWay.get(uri) ?? attempt(uri).finally(() => underWay.delete(uri))
    underWay.set(uri, running)
    return running
  }

  const find = async (uri: string, maxAgeMs: number): Promise<JSONWebKeySet | undefined> => {
    const known = kept.get(uri) ?? never
    const nowMs = now().getTime()
    const isDue = nowMs - known.fetchedAtMs >= maxAgeMs && nowMs - known.triedAtMs >= cooldownMs
    const { keySet, fetchedAtMs } = isDue ? await fetchOnce(uri) : known
    return nowMs - fetchedAtMs < maxStaleMs ? keySet : undefined
  }

  return {
    /** Undefined where they could never be fetched, or not for a day. */
    find: (uri: string) => find(uri, freshMs),
    /** For a key that the set does not know: fetched now, unless that was just done. */
    findNewer: (uri: string) => find(uri, 0),
  }
}

export type FetchedKeySets = ReturnType<typeof createFetchedKeySets>
