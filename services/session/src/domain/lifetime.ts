/**
 * How long a session lives (ADR 4). Each use moves its expiry; an expired one becomes active again when its
 * refresh token, which lives longer, is used; nothing moves its absolute end.
 */

export interface Lifetimes {
  /** How far a use moves the expiry. */
  readonly ttlSeconds: number
  /** The same where the user asked to be remembered. */
  readonly rememberTtlSeconds: number
  /** From sign-in to the absolute end. */
  readonly absoluteTtlSeconds: number
  /** How long a refresh token lives unused: it can bring an expired session back. */
  readonly refreshTtlSeconds: number
}

export interface Lifetime {
  readonly ttlSeconds: number
  readonly lastAccessedAt: Date
  readonly endsAt: Date
}

const after = (at: Date, seconds: number): Date => new Date(at.getTime() + seconds * 1000)
const earlier = (a: Date, b: Date): Date => (a < b ? a : b)

/** The lifetime of a session that is signed in to now. */
export const beginLifetime = (lifetimes: Lifetimes, rememberMe: boolean, now: Date): Lifetime => ({
  ttlSeconds: rememberMe ? lifetimes.rememberTtlSeconds : lifetimes.ttlSeconds,
  lastAccessedAt: now,
  endsAt: after(now, lifetimes.absoluteTtlSeconds),
})

/** When it stops being active unless it is used before. */
export const expiresAtOf = ({ ttlSeconds, lastAccessedAt, endsAt }: Lifetime): Date =>
  earlier(after(lastAccessedAt, ttlSeconds), endsAt)

export const isActive = (lifetime: Lifetime, now: Date): boolean => now < expiresAtOf(lifetime)

/** From here on nothing can bring it back: its end has come, or no refresh token of it can still live. */
export const overAtOf = (lifetime: Lifetime, refreshTtlSeconds: number): Date =>
  earlier(after(lifetime.lastAccessedAt, Math.max(lifetime.ttlSeconds, refreshTtlSeconds)), lifetime.endsAt)

export const isOver = (lifetime: Lifetime, refreshTtlSeconds: number, now: Date): boolean =>
  now >= overAtOf(lifetime, refreshTtlSeconds)
