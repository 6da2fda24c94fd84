/** Signs a device of a user in: renews its session or begins one, within the limit on concurrent sessions. */
import type { Logger } from '@latchkey/runtime/logger'
import { type Client, fingerprintOf } from '../domain/client.ts'
import type { SessionId, UserId } from '../domain/ids.ts'
import { beginLifetime, type Lifetimes, overAtOf } from '../domain/lifetime.ts'
import type { Session } from '../domain/session.ts'
import {
  planSignIn,
  type SeenSession,
  type SignedIn,
  type SignIn,
  type SignInRules,
} from '../domain/sign-in.ts'
import type { AnnounceEndings } from './announce-endings.ts'
import type { FlushActivity } from './flush-activity.ts'

export interface CreateSessionDeps {
  signIns: {
    see(userId: UserId): Promise<readonly SeenSession[]>
    /** Undefined where more is to be done than to renew one of those seen, or they have changed. */
    renewSeen(signIn: SignIn, seen: readonly SeenSession[]): Promise<SignedIn | undefined>
    signIn(signIn: SignIn): Promise<SignedIn>
  }
  records: { put(sessions: readonly Session[]): Promise<void> }
  /** So that "least recently used" is true to the second, and a renewal hides no stranger's use of a moment ago. */
  flushActivity: Pick<FlushActivity, 'of'>
  announceEndings: AnnounceEndings
  lifetimes: Lifetimes
  limit: Omit<SignInRules, 'refreshTtlSeconds'>
  createId: () => SessionId
  now: () => Date
  onSignedIn: (kind: 'new' | 'renewed') => void
  logger: Pick<Logger, 'info' | 'warn'>
}

export interface CreateSessionInput {
  readonly userId: UserId
  /** SHA-256 of the device cookie. */
  readonly deviceId: string | undefined
  /** The device sent that cookie. */
  readonly deviceKnown: boolean
  readonly client: Client
  readonly rememberMe: boolean
  /** 0 where it is unknown. */
  readonly credentialVersion: number
}

export const createCreateSession =
  (deps: CreateSessionDeps) =>
  async (input: CreateSessionInput): Promise<Session> => {
    const { signIns, flushActivity, lifetimes } = deps
    const seen = await signIns.see(input.userId)
    const isOutdated = await flushActivity.of(seen.map(({ id }) => id))
    const at = deps.now()
    const lifetime = beginLifetime(lifetimes, input.rememberMe, at)
    const rules = { ...deps.limit, refreshTtlSeconds: lifetimes.refreshTtlSeconds }
    const device = {
      deviceId: input.deviceId,
      isKnown: input.deviceKnown,
      fingerprint: fingerprintOf(input.client),
      credentialVersion: input.credentialVersion,
    }
    const signIn: SignIn = {
      ...input,
      device,
      lifetime,
      dueAt: overAtOf(lifetime, lifetimes.refreshTtlSeconds),
      newId: deps.createId(),
      at,
      plan: sessions => planSignIn(sessions, device, rules, at),
    }
    const renewed = isOutdated ? undefined : await signIns.renewSeen(signIn, seen)
    const signedIn = renewed ?? (await signIns.signIn(signIn))
    await follow(deps, signedIn)
    return signedIn.session
  }

const follow = async (
  deps: CreateSessionDeps,
  { session, renewed, endings, aboveLimit }: SignedIn,
): Promise<void> => {
  const about = { session_id: session.id, user_id: session.userId }
  deps.onSignedIn(renewed ? 'renewed' : 'new')
  deps.logger.info({ ...about, ip_address: session.ipAddress }, renewed ? 'session renewed' : 'session begun')
  if (aboveLimit > 0)
    deps.logger.warn({ ...about, above_limit: aboveLimit }, 'more concurrent sessions than the limit')
  await Promise.all([
    deps.announceEndings(endings),
    deps.records
      .put([session])
      .catch(error => deps.logger.warn({ ...about, error }, 'a session was not noted in redis')),
  ])
}
