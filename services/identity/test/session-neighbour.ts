/** The session service as identity's tests see it: the sessions it keeps, and how they ended. */
import {
  bindSessionService,
  type ConfirmSessionRequest__Output,
  type EndReasonName,
  type EndUserSessionsRequest__Output,
  fromEndReason,
  toEndReason,
  toTimestamp,
} from '@latchkey/contracts'
import { RpcError } from '@latchkey/runtime/grpc'
import { createUuid } from '@latchkey/runtime/ids'
import { createSwitch } from './neighbour-switch.ts'

export interface KeptSession {
  readonly id: string
  readonly userId: string
  readonly deviceId: string
  readonly deviceKnown: boolean
  readonly ipAddress: string
  readonly userAgent: string
  readonly rememberMe: boolean
  credentialVersion: number
  /** Set where it is under review. */
  review?: { readonly reason: string; readonly flaggedAt: Date; readonly until: Date }
  endReason: EndReasonName | undefined
}

export const createSessionNeighbour = () => {
  const sessions: KeptSession[] = []
  const endings: EndUserSessionsRequest__Output[] = []
  const confirmations: ConfirmSessionRequest__Output[] = []
  const addresses: { readonly userId: string; readonly address: string; readonly provenAt?: Date }[] = []
  const { set, pass } = createSwitch()
  const onCreate: (() => Promise<void>)[] = []
  const service = bindSessionService({
    createSession: async request => {
      await pass()
      const id = createUuid()
      sessions.push({ ...request, id, endReason: undefined })
      for (const hook of onCreate.splice(0)) await hook()
      const inSeconds = (seconds: number) => toTimestamp(new Date(Date.now() + seconds * 1_000))
      return {
        sessionId: id,
        createdAt: inSeconds(0),
        expiresAt: inSeconds(3_600),
        endsAt: inSeconds(86_400),
      }
    },
    endSession: async ({ sessionId, reason, userId }) => {
      await pass()
      const session = sessions.find(
        each => each.id === sessionId && each.endReason === undefined && [each.userId, ''].includes(userId),
      )
      if (session !== undefined) session.endReason = fromEndReason(reason)
      return { ended: session !== undefined }
    },
    endUserSessions: async request => {
      await pass()
      endings.push(request)
      const ended = sessions.filter(
        ({ id, userId, endReason, credentialVersion }) =>
          userId === request.userId &&
          id !== request.exceptSessionId &&
          endReason === undefined &&
          (request.belowCredentialVersion === 0 || credentialVersion < request.belowCredentialVersion),
      )
      for (const session of ended) session.endReason = fromEndReason(request.reason)
      const kept = sessions.find(({ id }) => id === request.exceptSessionId)
      if (kept !== undefined)
        kept.credentialVersion = Math.max(kept.credentialVersion, request.belowCredentialVersion)
      return { ended: ended.length }
    },
    listSessions: async ({ userId }) => {
      await pass()
      const now = toTimestamp(new Date())
      const live = sessions.filter(each => each.userId === userId && each.endReason === undefined)
      return {
        sessions: live.map(({ id, ipAddress, userAgent, review }) => ({
          sessionId: id,
          createdAt: now,
          lastAccessedAt: now,
          expiresAt: toTimestamp(new Date(Date.now() + 3_600_000)),
          ipAddress,
          userAgent,
          device: userAgent,
          active: true,
          ...(review !== undefined && {
            reviewUntil: toTimestamp(review.until),
            flaggedAt: toTimestamp(review.flaggedAt),
            reviewReason: review.reason,
          }),
        })),
      }
    },
    listTerminations: async ({ userId, limit, beforeSessionId }) => {
      await pass()
      const ended = sessions
        .filter(each => each.endReason !== undefined && ['', each.userId].includes(userId))
        .toReversed()
      const start = ended.findIndex(({ id }) => id === beforeSessionId) + 1
      return {
        terminations: ended.slice(start, start + limit).map(({ id, ipAddress, ...session }) => ({
          sessionId: id,
          userId: session.userId,
          reason: toEndReason(session.endReason ?? 'logout'),
          originalIp: ipAddress,
          newIp: ipAddress,
          at: toTimestamp(new Date()),
        })),
      }
    },
    listKnownAddresses: async ({ userId, limit, afterAddress }) => {
      await pass()
      const seenAt = toTimestamp(new Date())
      return {
        addresses: addresses
          .filter(each => each.userId === userId && each.address > afterAddress)
          .toSorted((a, b) => (a.address < b.address ? -1 : 1))
          .slice(0, limit)
          .map(({ address, provenAt }) => ({
            address,
            firstSeenAt: seenAt,
            lastSeenAt: seenAt,
            provenAt: provenAt === undefined ? null : toTimestamp(provenAt),
          })),
      }
    },
    confirmSession: async request => {
      await pass()
      confirmations.push(request)
      return {
        confirmed: sessions.some(each => each.id === request.sessionId && each.endReason === undefined),
      }
    },
    getSession: async ({ sessionId }) => {
      await pass()
      const found = sessions.find(({ id }) => id === sessionId)
      if (found === undefined) throw new RpcError('SESSION_NOT_FOUND', 'NOT_FOUND', 'there is none')
      const state = found.endReason === undefined ? 'SESSION_STATE_LIVE' : 'SESSION_STATE_ENDED'
      return { state, userId: found.userId, rememberMe: found.rememberMe }
    },
    recordActivity: () => Promise.reject(new RpcError('NOT_ASKED', 'UNIMPLEMENTED', 'identity does not ask')),
  })
  return { service, sessions, addresses, endings, confirmations, set, onCreate }
}
