/** What identity asks of the session service. */
import {
  fromEndReason,
  fromTimestamp,
  getInstant,
  type ListedSession__Output,
  type SessionClient,
  toEndReason,
  toTimestamp,
} from '@latchkey/contracts'
import { RpcFailure } from '@latchkey/runtime/grpc'
import type { SessionId, UserId } from '../domain/ids.ts'
import type { AddressPage, KnownAddress } from '../domain/known-address.ts'
import type { ListedSession, SessionReview } from '../domain/listed-session.ts'
import type { BegunSession, SessionStart } from '../domain/sign-in.ts'
import type { SessionsEndReason, Termination, TerminationPage } from '../domain/termination.ts'

/** Undefined where it is not under review. */
const toReview = (
  session: Pick<ListedSession__Output, 'reviewUntil' | 'flaggedAt' | 'reviewReason'>,
): SessionReview | undefined => {
  const until = fromTimestamp(session.reviewUntil)
  const flaggedAt = fromTimestamp(session.flaggedAt)
  return until && { reason: session.reviewReason, flaggedAt, until }
}

/** Also one that has ended; undefined for one that there never was, or is no more. */
const getKnown = async (client: Pick<SessionClient, 'getSession'>, id: SessionId) => {
  try {
    return await client.getSession({ sessionId: id })
  } catch (error) {
    if (error instanceof RpcFailure && error.reason === 'SESSION_NOT_FOUND') return undefined
    throw error
  }
}

const listOf = async (
  client: Pick<SessionClient, 'listSessions'>,
  userId: UserId,
): Promise<readonly ListedSession[]> => {
  const { sessions } = await client.listSessions({ userId })
  return sessions.map(({ sessionId, createdAt, lastAccessedAt, expiresAt, ...session }) => ({
    id: sessionId as SessionId,
    createdAt: getInstant(createdAt, 'created_at'),
    lastAccessedAt: getInstant(lastAccessedAt, 'last_accessed_at'),
    expiresAt: getInstant(expiresAt, 'expires_at'),
    ipAddress: session.ipAddress,
    device: session.device,
    userAgent: session.userAgent,
    isActive: session.active,
    review: toReview(session),
  }))
}

export const createSessions = (
  client: Pick<
    SessionClient,
    | 'createSession'
    | 'confirmSession'
    | 'getSession'
    | 'listSessions'
    | 'listTerminations'
    | 'listKnownAddresses'
    | 'endSession'
    | 'endUserSessions'
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

  /** Whether its user asked to be remembered; false for one that there is no more. */
  isRemembered: async (id: SessionId): Promise<boolean> => (await getKnown(client, id))?.rememberMe ?? false,

  /** Ends a session whose sign-in came to nothing. */
  abandon: async (id: SessionId): Promise<void> => {
    await client.endSession({ sessionId: id, reason: toEndReason('sign_in_failed') })
  },

  /** Idempotent. */
  signOut: async (id: SessionId): Promise<void> => {
    await client.endSession({ sessionId: id, reason: toEndReason('logout') })
  },

  /** Where a user is signed in, the latest use first. */
  list: (userId: UserId): Promise<readonly ListedSession[]> => listOf(client, userId),

  /** Where somebody is signed in, and who; undefined where there is no such session, or no more. */
  find: async (id: SessionId): Promise<(ListedSession & { readonly userId: UserId }) | undefined> => {
    const known = await getKnown(client, id)
    if (known === undefined) return undefined
    const userId = known.userId as UserId
    const session = (await listOf(client, userId)).find(each => each.id === id)
    return session && { ...session, userId }
  },

  /** Those that have ended, latest first; of one user where one is named. */
  listTerminations: async ({ userId, before, limit }: TerminationPage): Promise<readonly Termination[]> => {
    const { terminations } = await client.listTerminations({
      userId: userId ?? '',
      beforeAt: before === undefined ? null : toTimestamp(before.at),
      beforeSessionId: before?.sessionId ?? '',
      limit,
    })
    return terminations.map(({ sessionId, userId, reason, originalIp, newIp, at }) => ({
      sessionId: sessionId as SessionId,
      userId: userId as UserId,
      // A newer session service may know more of them.
      reason: fromEndReason(reason) ?? 'unknown',
      originalIp,
      newIp,
      at: getInstant(at, 'at'),
    }))
  },

  /** Where a user was seen, in the order of the addresses. */
  listKnownAddresses: async ({ userId, after, limit }: AddressPage): Promise<readonly KnownAddress[]> => {
    const { addresses } = await client.listKnownAddresses({ userId, afterAddress: after ?? '', limit })
    return addresses.map(({ address, firstSeenAt, lastSeenAt, provenAt }) => ({
      address,
      firstSeenAt: getInstant(firstSeenAt, 'first_seen_at'),
      lastSeenAt: getInstant(lastSeenAt, 'last_seen_at'),
      provenAt: fromTimestamp(provenAt),
    }))
  },

  /** By an operator. False where there is none to end. */
  endForOperator: async (id: SessionId): Promise<boolean> => {
    const { ended } = await client.endSession({ sessionId: id, reason: toEndReason('ended_by_admin') })
    return ended
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
    reason: SessionsEndReason,
  ): Promise<void> => {
    await client.endUserSessions({
      userId,
      exceptSessionId: kept.except ?? '',
      belowCredentialVersion: kept.fromCredentialVersion,
      reason: toEndReason(reason),
    })
  },
})
