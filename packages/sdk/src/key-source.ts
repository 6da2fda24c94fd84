/**
 * The issuer's published keys, kept in memory. Fetched again when they grow old and, at most once in a while, when
 * a token names a key that is not among them; kept for as long as the issuer is away. Where keys come from is
 * decided by the caller alone: `jku`, `x5u` and `jwk` in a token are never looked at.
 */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { KeysUnavailableError } from './keys-unavailable-error.ts'
import { TokenError } from './token-error.ts'

/** Reads the issuer’s key set. @throws Error where it can not */
export type FetchJwks = () => Promise<JSONWebKeySet>

export interface KeySourceOptions {
  fetchJwks: FetchJwks
  now: () => Date
  /** Age in seconds from which the keys are fetched again, in the background. */
  maxAgeSeconds: number
  /** The least time in seconds between two fetches, however many unknown keys are named. */
  cooldownSeconds: number
  /** Called when keys were withdrawn, added or changed. */
  onChange: () => void
}

export interface KeySource {
  /** @throws TokenError where the issuer has no such key, KeysUnavailableError where it cannot be asked */
  readonly getKey: JWTVerifyGetKey
  /** Fetches now. @throws KeysUnavailableError */
  readonly preload: () => Promise<void>
  /** Starts a fetch in the background where the keys have grown old; for callers that need no key. */
  readonly keepFresh: () => void
}

interface HeldKeys {
  getKey: JWTVerifyGetKey
  serialized: string
  fetchedAt: Date
}

const firstKeysRetrySeconds = 0.25

export const createKeySource = (options: KeySourceOptions): KeySource => {
  let held: HeldKeys | undefined
  let fetching: Promise<void> | undefined
  let lastAttempt: { at: Date; failure?: unknown } | undefined

  const secondsSince = (at: Date) => (options.now().getTime() - at.getTime()) / 1000

  const fetchOnce = async () => {
    const at = options.now()
    try {
      const jwks = await options.fetchJwks()
      const serialized = JSON.stringify(jwks)
      if (held?.serialized === serialized) held.fetchedAt = at
      else {
        held = { getKey: createLocalJWKSet(jwks), serialized, fetchedAt: at }
        options.onChange()
      }
      lastAttempt = { at }
    } catch (failure) {
      lastAttempt = { at, failure }
      throw failure
    }
  }

  const fetchShared = () => {
    fetching ??= fetchOnce().finally(() => {
      fetching = undefined
    })
    return fetching
  }

  /** Without any key nothing can be answered, so an issuer that starts later than we do is found within moments. */
  const cooldownSeconds = () =>
    held === undefined ? Math.min(firstKeysRetrySeconds, options.cooldownSeconds) : options.cooldownSeconds

  /** Fetches unless the last attempt was a moment ago, in which case its outcome stands. */
  const refresh = async () => {
    try {
      if (
        fetching === undefined &&
        lastAttempt !== undefined &&
        secondsSince(lastAttempt.at) < cooldownSeconds()
      ) {
        if (lastAttempt.failure !== undefined) throw lastAttempt.failure
        return
      }
      await fetchShared()
    } catch (cause) {
      throw new KeysUnavailableError({ cause })
    }
  }

  const heldKeys = async (): Promise<HeldKeys> => {
    if (held === undefined) await refresh()
    if (held === undefined) throw new KeysUnavailableError()
    if (secondsSince(held.fetchedAt) >= options.maxAgeSeconds) refresh().catch(() => {})
    return held
  }

  const getKey: JWTVerifyGetKey = async (header, token) => {
    if (typeof header.kid !== 'string' || header.kid.length > 256) throw new TokenError('key')
    try {
      return await (await heldKeys()).getKey(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
    }
    await refresh()
    return (await heldKeys()).getKey(header, token)
  }

  return {
    getKey,
    preload: () =>
      fetchShared().catch((cause: unknown) => {
        throw new KeysUnavailableError({ cause })
      }),
    keepFresh: () => {
      if (held !== undefined && secondsSince(held.fetchedAt) >= options.maxAgeSeconds)
        refresh().catch(() => {})
    },
  }
}
