/**
 * Sign-ins that are under way while an account is deleted or disabled, or its password changes, begin sessions after all
 * others have ended. Each takes its own back, but those of one device share a session, and none ends what another has
 * renewed. So of an account that is gone all that is left is ended; else the word that ended the sessions of the earlier
 * password is given once more: it may come any number of times, and whenever it likes (ADR 7).
 */
import type { DeviceHash, SessionId, UserId } from '../domain/ids.ts'
import type { Account } from '../domain/user.ts'

type Reason =
  | 'password_changed'
  | 'password_reset'
  | 'factors_changed'
  | 'account_deleted'
  | 'account_disabled'

export interface EndLeftSessionsDeps {
  readonly credentials: {
    findByUser(id: UserId, device: DeviceHash | undefined): Promise<Account | undefined>
  }
  readonly sessionEndings: {
    findLatest(userId: UserId): Promise<
      | {
          readonly exceptSessionId: SessionId | undefined
          readonly fromCredentialVersion: number
          readonly reason: Reason
        }
      | undefined
    >
  }
  readonly sessions: {
    endAll(
      userId: UserId,
      kept: { readonly except: SessionId | undefined; readonly fromCredentialVersion: number },
      reason: Reason,
    ): Promise<void>
  }
  readonly logger: { warn(members: object, message: string): void }
}

const whyGone = (account: Account | undefined): 'account_deleted' | 'account_disabled' | undefined => {
  if (account === undefined) return 'account_deleted'
  return account.user.disabledAt === undefined ? undefined : 'account_disabled'
}

/** Never ends what a present proof has begun. Never rejects: an unused session runs out by itself. */
export const createEndLeftSessions =
  ({ credentials, sessionEndings, sessions, logger }: EndLeftSessionsDeps) =>
  async (userId: UserId): Promise<void> => {
    try {
      const gone = whyGone(await credentials.findByUser(userId, undefined))
      if (gone !== undefined)
        return await sessions.endAll(userId, { except: undefined, fromCredentialVersion: 0 }, gone)
      const ending = await sessionEndings.findLatest(userId)
      if (ending === undefined) return
      const { exceptSessionId, fromCredentialVersion, reason } = ending
      await sessions.endAll(userId, { except: exceptSessionId, fromCredentialVersion }, reason)
    } catch (error) {
      logger.warn({ user_id: userId, error }, 'sessions of failed sign-ins could not be ended')
    }
  }

export type EndLeftSessions = ReturnType<typeof createEndLeftSessions>
