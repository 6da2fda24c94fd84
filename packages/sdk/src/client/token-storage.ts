/**
 * Where a client keeps its tokens. In memory they end with the page or process; in the storage of a browser they are
 * shared by its tabs, and readable by every script of the page.
 */

/** What is kept of a sign-in. */
export interface StoredTokens {
  readonly accessToken: string
  readonly refreshToken: string
  /** When the access token ends, in milliseconds since 1970. */
  readonly expiresAt: number
}

/** A place for the tokens of one user: the two below, or one of your own. */
export interface TokenStorage {
  load(): StoredTokens | undefined | Promise<StoredTokens | undefined>
  save(tokens: StoredTokens): void | Promise<void>
  clear(): void | Promise<void>
  /** Runs one piece of work at a time among all who share the storage. Without it, work just runs. */
  lock?<Result>(work: () => Promise<Result>): Promise<Result>
}

/** For one page or process: tokens end with it. */
export const createMemoryStorage = (): TokenStorage => {
  let held: StoredTokens | undefined
  return {
    load: () => held,
    save: tokens => {
      held = tokens
    },
    clear: () => {
      held = undefined
    },
  }
}

/** As much of `localStorage` or `sessionStorage` as is used. */
export interface KeyValueStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** As much of `navigator.locks` as is used. */
interface Locks {
  request<Result>(name: string, work: () => Promise<Result>): Promise<Result>
}

const locksOfBrowser = (): Locks | undefined => {
  const { navigator } = globalThis as { navigator?: { locks?: Locks } }
  return navigator?.locks
}

const isStoredTokens = (value: unknown): value is StoredTokens =>
  typeof value === 'object' &&
  value !== null &&
  'accessToken' in value &&
  typeof value.accessToken === 'string' &&
  'refreshToken' in value &&
  typeof value.refreshToken === 'string' &&
  'expiresAt' in value &&
  typeof value.expiresAt === 'number'

const parseStored = (text: string | null): StoredTokens | undefined => {
  if (text === null) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isStoredTokens(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Shared by all tabs of an origin, who refresh one at a time where the browser has locks. */
export const createWebStorage = (storage: KeyValueStorage, key = 'latchkey.tokens'): TokenStorage => ({
  load: () => parseStored(storage.getItem(key)),
  save: tokens => storage.setItem(key, JSON.stringify(tokens)),
  clear: () => storage.removeItem(key),
  lock: work => locksOfBrowser()?.request(key, work) ?? work(),
})
