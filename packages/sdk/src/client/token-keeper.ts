/**
 * Keeps the tokens of one user good: refreshes shortly before they end, once for however many calls wait, and, with a
 * shared storage, once for all tabs. A refresh that gets no answer changes nothing: the server gives the same successor
 * to the next try.
 */
import { isAuthProblem, NotSignedInError } from './auth-problem.ts'
import type { Send } from './send.ts'
import type { StoredTokens, TokenStorage } from './token-storage.ts'
import type { AuthTokens } from './wire.ts'

export interface TokenKeeperDeps {
  readonly send: Send
  readonly storage: TokenStorage
  readonly now: () => Date
  /** How long before its end an access token is refreshed. */
  readonly refreshBeforeSeconds: number
  /** The session has ended: the user has to sign in again. */
  readonly onSignedOut: () => void
}

const isTokens = (value: unknown): value is AuthTokens =>
  typeof value === 'object' &&
  value !== null &&
  'access_token' in value &&
  typeof value.access_token === 'string' &&
  'refresh_token' in value &&
  typeof value.refresh_token === 'string' &&
  'expires_in' in value &&
  typeof value.expires_in === 'number'

export const createTokenKeeper = (deps: TokenKeeperDeps) => {
  const { send, storage, now } = deps
  let refreshing: Promise<StoredTokens> | undefined

  const stored = (tokens: AuthTokens): StoredTokens => ({
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    expiresAt: now().getTime() + tokens.expires_in * 1000,
  })

  const load = async (): Promise<StoredTokens> => {
    const held = await storage.load()
    if (held === undefined) throw new NotSignedInError()
    return held
  }

  const isHeldStill = async (used: StoredTokens) => (await storage.load())?.refreshToken === used.refreshToken

  const exchange = async (used: StoredTokens): Promise<StoredTokens> => {
    try {
      const { body } = await send({
        method: 'POST',
        path: '/auth/refresh',
        json: { refresh_token: used.refreshToken },
      })
      if (!isTokens(body)) throw new TypeError('The answer to a refresh has no tokens')
      const next = stored(body)
      // Whoever signed out, or in as somebody else, meanwhile has the last word.
      if (await isHeldStill(used)) await storage.save(next)
      return next
    } catch (error) {
      if (isAuthProblem(error, 'INVALID_REFRESH_TOKEN') && (await isHeldStill(used))) {
        await storage.clear()
        deps.onSignedOut()
      }
      throw error
    }
  }

  const refreshUnlessDone = async (stale: StoredTokens) => {
    const held = await load()
    return held.accessToken === stale.accessToken ? exchange(held) : held
  }

  /** New tokens in place of these; another tab, or another call, may have fetched them already. */
  const renew = (stale: StoredTokens): Promise<StoredTokens> => {
    const work = () => refreshUnlessDone(stale)
    refreshing ??= (storage.lock?.(work) ?? work()).finally(() => {
      refreshing = undefined
    })
    return refreshing
  }

  return {
    load,
    renew,
    /** Tokens that are good for a while yet. @throws NotSignedInError, AuthProblem, AuthConnectionError */
    fresh: async (): Promise<StoredTokens> => {
      const held = await load()
      const restMs = held.expiresAt - now().getTime()
      return restMs > deps.refreshBeforeSeconds * 1000 ? held : renew(held)
    },
    /** Keeps the tokens of a sign-in. @returns whether the answer has any */
    take: async (body: unknown): Promise<boolean> => {
      if (!isTokens(body)) return false
      await storage.save(stored(body))
      return true
    },
    forget: async (): Promise<void> => {
      await storage.clear()
    },
  }
}

export type TokenKeeper = ReturnType<typeof createTokenKeeper>
