/**
 * What a sign-in does to the sessions that its user already has: renews the one of the same device, or else
 * makes room for a new one. Pure; what it decides is written only if those sessions are still as it saw them.
 */
import type { Client } from './client.ts'
import type { EndReason } from './end-reason.ts'
import type { Ending } from './ending.ts'
import type { SessionId, UserId } from './ids.ts'
import { isOver, type Lifetime } from './lifetime.ts'
import type { Session } from './session.ts'

export interface DeviceSession extends Lifetime {
  readonly id: SessionId
  readonly deviceId: string | undefined
  /** Its device has sent the cookie back: only the cookie tells it from now on. */
  readonly deviceConfirmed: boolean
  readonly fingerprint: string
  readonly credentialVersion: number
  /** Something about its use was suspicious, and its owner has not said that it is theirs. */
  readonly isInReview: boolean
}

/** A session as it was at one moment. */
export interface SeenSession extends DeviceSession {
  /** Another one as soon as anything about the session changes. */
  readonly version: string
}

export interface Device {
  readonly deviceId: string | undefined
  /** It sent the cookie, rather than being given one now. */
  readonly isKnown: boolean
  readonly fingerprint: string
  /** Which of the user's passwords was proven now, by identity's count of their changes. */
  readonly credentialVersion: number
}

export interface SignInRules {
  readonly maxConcurrentSessions: number
  /** False: no session is ended to make room; the caller warns. */
  readonly terminateOldSessions: boolean
  readonly refreshTtlSeconds: number
}

export interface SignInPlan {
  /** The session of this device; undefined where a new one begins. */
  readonly renew: SessionId | undefined
  readonly end: readonly { readonly id: SessionId; readonly reason: EndReason }[]
  /** How many the user will have above the limit, where none is ended for it. */
  readonly aboveLimit: number
}

export interface SignIn {
  readonly userId: UserId
  readonly device: Device
  readonly client: Client
  readonly rememberMe: boolean
  readonly lifetime: Lifetime
  /** When the cleanup looks at the session first. */
  readonly dueAt: Date
  /** The id of the session, should a new one begin. */
  readonly newId: SessionId
  readonly at: Date
  /** Called with the user's sessions that have not ended; again where they have changed since. */
  readonly plan: (sessions: readonly DeviceSession[]) => SignInPlan
}

export interface SignedIn {
  readonly session: Session
  readonly renewed: boolean
  readonly endings: readonly Ending[]
  readonly aboveLimit: number
}

/** `sessions` are all of the user's that have not ended, in any order. */
export const planSignIn = (
  sessions: readonly DeviceSession[],
  device: Device,
  rules: SignInRules,
  now: Date,
): SignInPlan => {
  const [over, live] = partition(sessions, session => isOver(session, rules.refreshTtlSeconds, now))
  const latestFirst = live.toSorted((a, b) => b.lastAccessedAt.getTime() - a.lastAccessedAt.getTime())
  const own = findOwn(latestFirst, device)
  const outdated = own === undefined ? undefined : findOutdated(own, device)
  const others = latestFirst.filter(({ id }) => id !== own?.id)
  const beyond = others.slice(rules.maxConcurrentSessions - 1)
  const displaced = rules.terminateOldSessions ? beyond : []
  return {
    renew: outdated === undefined ? own?.id : undefined,
    end: [
      ...(outdated === undefined ? [] : [outdated]),
      ...over.map(({ id }) => ({ id, reason: 'expired' as const })),
      ...displaced.map(({ id }) => ({ id, reason: 'concurrent_limit' as const })),
    ],
    aboveLimit: beyond.length - displaced.length,
  }
}

/**
 * Whoever has the tokens of the device's session must not keep them where it began with a password that was changed since
 * (the order to end it is on its way), or where somebody else may have them: then a new one begins.
 */
const findOutdated = (own: DeviceSession, device: Device): SignInPlan['end'][number] | undefined => {
  if (own.credentialVersion < device.credentialVersion) return { id: own.id, reason: 'password_changed' }
  return own.isInReview ? { id: own.id, reason: 'unconfirmed' } : undefined
}

/**
 * A cookie is proof of a device; a fingerprint is a guess, so it never takes a session from a device that has
 * shown its cookie: a private window is not the window beside it.
 */
const findOwn = (sessions: readonly DeviceSession[], device: Device): DeviceSession | undefined => {
  const byCookie = sessions.find(({ deviceId }) => deviceId !== undefined && deviceId === device.deviceId)
  if (byCookie !== undefined || device.isKnown) return byCookie
  return sessions.find(
    ({ deviceConfirmed, fingerprint }) => !deviceConfirmed && fingerprint === device.fingerprint,
  )
}

const partition = <Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] => [
  items.filter(isFirst),
  items.filter(item => !isFirst(item)),
]
