/** What identity asks of the session service. */
import { getInstant, type SessionClient, toEndReason, toTimestamp } from '@latchkey/contracts'
import type { SessionId, UserId } from '../domain/ids.ts'
import type { ListedSession } from '../domain/listed-session.ts'
import type { BegunSession, SessionStart } from '../domain/sign-in.ts'

export type UserSessionsEndReason =
  | 'password_changed'
  | 'password_reset'
  | 'account_deleted'
  | 'account_disabled'
  | 'factors_changed'

export const createSessions = (
  client: Pick<
    SessionClient,
    'createSession' | 'confirmSession' | 'listSessions' | 'endSession' | 'endUserSessions'
  >,
) => ({
  create: async ({
    user,
    origin,
    deviceKnown,
    rememberMe,
    credentialVersion,
  }: SessionStart): Promise<BegunSession> => {
    const session = await client.createSession({
      userId: user.id,
      deviceId: origin.device,
      deviceKnown,
      ipAddress: origin.ipAddress,
      userAgent: origin.userAgent,
      rememberMe,
      credentialVersion,
    })
    return { id: session.sessionId as SessionId, endsAt: getInstant(session.endsAt, 'ends_at') }
  },

  /** Ends a session whose sign-in came to nothing. */
  abandon: async (id: SessionId): Promise<void> => {
    await client.endSession({ sessionId: id, reason: toEndReason('sign_in_failed') })
  },

  /** Idempotent. */
  signOut: async (id: SessionId): Promise<void> => {
    await client.endSession({ sessionId: id, reason: toEndReason('logout') })
  },

  /** Where a user is signed in, the latest use first. */
  list: async (userId: UserId): Promise<readonly ListedSession[]> => {
    const { sessions } = await client.listSessions({ userId })
    return sessions.map(({ sessionId, createdAt, lastAccessedAt, expiresAt, ipAddress, device }) => ({
      id: sessionId as SessionId,
      createdAt: getInstant(createdAt, 'created_at'),
      lastAccessedAt: getInstant(lastAccessedAt, 'last_accessed_at'),
      expiresAt: getInstant(expiresAt, 'expires_at'),
      ipAddress,
      device,
    }))
  },

  /** By its owner; of another user, or none, nothing. */
  end: async (userId: UserId, id: SessionId): Promise<void> => {
    await client.endSession({ userId, sessionId: id, reason: toEndReason('ended_by_user') })
  },

  endOthers: async (userId: UserId, kept: SessionId): Promise<void> => {
    await client.endUserSessions({ userId, exceptSessionId: kept, reason: toEndReason('ended_by_user') })
  },

  /** Its owner says that it is theirs, wherever it was used. Idempotent. */
  confirm: async (confirmation: { userId: UserId; id: SessionId; flaggedAt: Date }): Promise<void> => {
    const { userId, id, flaggedAt } = confirmation
    await client.confirmSession({ userId, sessionId: id, flaggedAt: toTimestamp(flaggedAt) })
  },

  /** Its owner has proven who they are, from there. Idempotent. */
  vouch: async (proof: { userId: UserId; id: SessionId; ipAddress: string }): Promise<void> => {
    const { userId, id, ipAddress } = proof
    await client.confirmSession({ userId, sessionId: id, ipAddress })
  },

  /** Ends what its owner says is not theirs, and forgets where it was seen. Idempotent. */
  endDisowned: async (userId: UserId, id: SessionId): Promise<void> => {
    await client.endSession({ sessionId: id, userId, reason: toEndReason('not_me') })
  },

  /** Ends the sessions of a user that are not kept. Idempotent, and right whenever it comes. */
  endAll: async (
    userId: UserId,
    kept: { readonly except: SessionId | undefined; readonly fromCredentialVersion: number },
    reason: UserSessionsEndReason,
  ): Promise<void> => {
    await client.endUserSessions({
      userId,
      exceptSessionId: kept.except ?? '',
      belowCredentialVersion: kept.fromCredentialVersion,
      reason: toEndReason(reason),
    })
  },
})
