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
  /** Whether a fetch is there for others than the request that began it: see keeps-work.ts. */
  keepsWork: boolean
}

export interface KeySource {
  /** @throws TokenError where the issuer has no such key, KeysUnavailableError where it cannot be asked */
  readonly getKey: JWTVerifyGetKey
  /** Fetches now. @throws KeysUnavailableError */
  readonly preload: () => Promise<void>
  /**
   * Fetches where the keys have grown old; for callers that need no key. Undefined where there is nothing to wait for: they
   * are fresh, or fetched in the background. Never rejects: old keys are better than none.
   */
  readonly keepFresh: () => Promise<void> | undefined
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
      lastAttempt = { at: options.now(), failure }
      throw failure
    }
  }

  const fetchShared = () => {
    if (!options.keepsWork) return fetchOnce()
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

  const keepFresh = (): Promise<void> | undefined => {
    if (held === undefined || secondsSince(held.fetchedAt) < options.maxAgeSeconds) return undefined
    const refreshed = refresh().catch(() => {})
    return options.keepsWork ? undefined : refreshed
  }

  const heldKeys = async (): Promise<HeldKeys> => {
    if (held === undefined) await refresh()
    const renewing = keepFresh()
    if (renewing !== undefined) await renewing
    if (held === undefined) throw new KeysUnavailableError()
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
    keepFresh,
  }
}
