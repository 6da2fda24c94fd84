/**
 * What becomes of each kind of outbox row: one call to one service, safe to repeat. A row whose call fails stays and
 * is tried again.
 */
import type { Mail } from '../clients/mails.ts'
import type { AuthorizedUser } from '../domain/authority.ts'
import type { EmailKey } from '../domain/email-address.ts'
import type { DeviceHash, EmailProofId, SessionId, UserId } from '../domain/ids.ts'
import type { SessionsEndReason } from '../domain/termination.ts'
import { type OutboxKind, type OutboxPayload, outboxPayloads } from '../store/outbox-messages.ts'
import type { IssueEmailProof } from '../usecases/issue-email-proof.ts'
import type { IssuePasswordReset } from '../usecases/issue-password-reset.ts'
import type { PushSubjects } from '../usecases/push-subjects.ts'
import type { TellOfNewDevice } from '../usecases/tell-of-new-device.ts'

export interface RelayHandlersDeps {
  readonly authorities: { find(id: UserId): Promise<AuthorizedUser | undefined> }
  readonly pushSubjects: PushSubjects
  readonly issuePasswordReset: IssuePasswordReset
  readonly tellOfNewDevice: TellOfNewDevice
  readonly issueEmailProof: IssueEmailProof
  readonly sessions: {
    endAll(
      userId: UserId,
      kept: { readonly except: SessionId | undefined; readonly fromCredentialVersion: number },
      reason: SessionsEndReason,
    ): Promise<void>
    endDisowned(userId: UserId, id: SessionId): Promise<void>
  }
  readonly tokens: {
    updateSubject(user: AuthorizedUser): Promise<void>
    deleteSubject(userId: UserId): Promise<void>
    endOfflineAccess(userId: UserId, signedInUntil: Date, sessionId: SessionId | undefined): Promise<void>
  }
  readonly mails: { send(mail: Mail): Promise<void> }
}

export interface RelayedRow {
  readonly id: string
  readonly payload: unknown
}

type Handlers = {
  readonly [Kind in OutboxKind]: (payload: OutboxPayload<Kind>, rowId: string) => Promise<void>
}

const parsing =
  <Kind extends OutboxKind>(kind: Kind, handle: Handlers[Kind]) =>
  ({ id, payload }: RelayedRow): Promise<void> =>
    handle(outboxPayloads[kind].parse(payload) as OutboxPayload<Kind>, id)

export const createRelayHandlers = (deps: RelayHandlersDeps) => {
  const {
    authorities,
    pushSubjects,
    issuePasswordReset,
    tellOfNewDevice,
    issueEmailProof,
    sessions,
    tokens,
    mails,
  } = deps
  return {
    'password_reset.requested': parsing('password_reset.requested', ({ emailKey, ...request }, requestId) =>
      issuePasswordReset({ ...request, requestId, emailKey: emailKey as EmailKey }),
    ),
    'email_proof.requested': parsing('email_proof.requested', ({ proofId, ...request }) =>
      issueEmailProof({ ...request, id: proofId as EmailProofId }),
    ),
    'message.send': parsing('message.send', ({ expiresAt, ...mail }) =>
      mails.send({ ...mail, expiresAt: expiresAt === null ? undefined : new Date(expiresAt) }),
    ),
    'subject.updated': parsing('subject.updated', async ({ userId }) => {
      const user = await authorities.find(userId as UserId)
      // Deleted since: that has a row of its own.
      if (user !== undefined) await tokens.updateSubject(user)
    }),
    'subjects.updated': parsing('subjects.updated', ({ userIds }) => pushSubjects(userIds as UserId[])),
    'subject.deleted': parsing('subject.deleted', ({ userId }) => tokens.deleteSubject(userId as UserId)),
    'registration.undone': parsing('registration.undone', async ({ userId }) => {
      const none = { except: undefined, fromCredentialVersion: 0 }
      await sessions.endAll(userId as UserId, none, 'account_deleted')
      await tokens.deleteSubject(userId as UserId)
    }),
    'offline_access.end': parsing('offline_access.end', ({ userId, signedInUntil, sessionId }) => {
      const only = (sessionId ?? undefined) as SessionId | undefined
      return tokens.endOfflineAccess(userId as UserId, new Date(signedInUntil), only)
    }),
    'new_device.seen': parsing('new_device.seen', ({ userId, sessionId, deviceHash }, noticeId) =>
      tellOfNewDevice({
        noticeId,
        userId: userId as UserId,
        sessionId: sessionId as SessionId,
        device: deviceHash as DeviceHash,
      }),
    ),
    'session.disowned': parsing('session.disowned', ({ userId, sessionId }) =>
      sessions.endDisowned(userId as UserId, sessionId as SessionId),
    ),
    'sessions.end': parsing('sessions.end', ({ userId, exceptSessionId, fromCredentialVersion, reason }) => {
      const except = (exceptSessionId ?? undefined) as SessionId | undefined
      return sessions.endAll(userId as UserId, { except, fromCredentialVersion }, reason)
    }),
  } satisfies Record<OutboxKind, (row: RelayedRow) => Promise<void>>
}
