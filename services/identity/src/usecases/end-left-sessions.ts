/**
 * Sign-ins that are under way while an account is deleted or disabled begin sessions after all others of it have ended. Each
 * takes its own back, but those of one device share a session, and none ends what another has renewed: so all that is left
 * of such an account is ended.
 */
import type { DeviceHash, SessionId, UserId } from '../domain/ids.ts'
import type { Account } from '../domain/user.ts'

export interface EndLeftSessionsDeps {
  readonly credentials: {
    findByUser(id: UserId, device: DeviceHash | undefined): Promise<Account | undefined>
  }
  readonly sessions: {
    endAll(
      userId: UserId,
      kept: { readonly except: SessionId | undefined; readonly fromCredentialVersion: number },
      reason: 'account_deleted' | 'account_disabled',
    ): Promise<void>
  }
  readonly logger: { warn(members: object, message: string): void }
}

const reasonOf = (account: Account | undefined): 'account_deleted' | 'account_disabled' | undefined => {
  if (account === undefined) return 'account_deleted'
  return account.user.disabledAt === undefined ? undefined : 'account_disabled'
}

/** Ends nothing of an account that is there and may sign in. Never rejects: an unused session runs out by itself. */
export const createEndLeftSessions =
  ({ credentials, sessions, logger }: EndLeftSessionsDeps) =>
  async (userId: UserId): Promise<void> => {
    try {
      const reason = reasonOf(await credentials.findByUser(userId, undefined))
      if (reason === undefined) return
      await sessions.endAll(userId, { except: undefined, fromCredentialVersion: 0 }, reason)
    } catch (error) {
      logger.warn({ user_id: userId, error }, 'sessions of failed sign-ins could not be ended')
    }
  }

export type EndLeftSessions = ReturnType<typeof createEndLeftSessions>
