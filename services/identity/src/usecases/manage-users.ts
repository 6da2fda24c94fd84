/**
 * What operators do with accounts that are there. An answer that says that somebody is out waits a moment for the word
 * of it to arrive.
 */
import type { EmailKey } from '../domain/email-address.ts'
import type { UserId } from '../domain/ids.ts'
import type { ManagedUser, UserChange, UserPage } from '../domain/managed-user.ts'

export interface ManageUsersDeps {
  readonly managedUsers: {
    find(id: UserId): Promise<ManagedUser | undefined>
    list(page: UserPage): Promise<readonly ManagedUser[]>
  }
  readonly administration: {
    update(id: UserId, change: UserChange, at: Date): Promise<boolean>
    unlock(id: UserId): Promise<boolean>
    removeSecondFactors(id: UserId): Promise<boolean>
    delete(id: UserId): Promise<boolean>
  }
  /** Takes away what operators see of the lock. */
  readonly hideFailures: (emailKey: EmailKey) => void
  readonly requestReset: (emailKey: EmailKey, locale: string, askedFrom: string) => Promise<void>
  /** Waits a moment for what was told to other services to arrive. */
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

const isEmpty = (change: UserChange): boolean => Object.values(change).every(value => value === undefined)

/** Each gives undefined, or false, where there is no such user. */
export const createManageUsers = (deps: ManageUsersDeps) => {
  const { managedUsers, administration, hideFailures, requestReset, settle, now } = deps
  return {
    find: managedUsers.find,
    list: managedUsers.list,

    update: async (id: UserId, change: UserChange): Promise<ManagedUser | undefined> => {
      if (!isEmpty(change) && !(await administration.update(id, change, now()))) return undefined
      if (change.isDisabled === true) await settle()
      return managedUsers.find(id)
    },

    unlock: async (id: UserId): Promise<ManagedUser | undefined> => {
      if (!(await administration.unlock(id))) return undefined
      const user = await managedUsers.find(id)
      if (user !== undefined) hideFailures(user.emailKey)
      return user
    },

    /** For who has lost them: the next sign-in asks for nothing but its first factor. */
    resetSecondFactors: async (id: UserId): Promise<ManagedUser | undefined> => {
      if (!(await administration.removeSecondFactors(id))) return undefined
      await settle()
      return managedUsers.find(id)
    },

    /** Has the mail sent by which the owner chooses a new password; it counts as one that they asked for. */
    resetPassword: async (id: UserId, locale: string): Promise<ManagedUser | undefined> => {
      const user = await managedUsers.find(id)
      if (user !== undefined) await requestReset(user.emailKey, locale, '')
      return user
    },

    delete: async (id: UserId): Promise<boolean> => {
      const deleted = await administration.delete(id)
      if (deleted) await settle()
      return deleted
    },
  }
}

export type ManageUsers = ReturnType<typeof createManageUsers>
