/** What users see and change of their own account, beside the ways in. */
import type { Clients } from './compose-clients.ts'
import type { Stores } from './compose-stores.ts'
import type { AttemptPassword } from './usecases/attempt-password.ts'
import { createDeleteAccount } from './usecases/delete-account.ts'
import { createExportData } from './usecases/export-data.ts'
import type { GetProfile } from './usecases/get-profile.ts'
import type { IsRecentlyAuthenticated } from './usecases/is-recently-authenticated.ts'
import { createUpdateProfile } from './usecases/update-profile.ts'

export interface AccountInit {
  readonly stores: Pick<Stores, 'users' | 'credentials' | 'personalData'>
  readonly clients: Pick<Clients, 'sessions' | 'connectedApps'>
  readonly attemptPassword: AttemptPassword
  readonly isRecentlyAuthenticated: IsRecentlyAuthenticated
  readonly getProfile: GetProfile
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export const composeAccount = (init: AccountInit) => {
  const { attemptPassword, isRecentlyAuthenticated, getProfile, settle, now } = init
  const { users, credentials, personalData } = init.stores
  const { sessions, connectedApps } = init.clients
  return {
    getProfile,
    updateProfile: createUpdateProfile({ users, getProfile, now }),
    ownSessions: sessions,
    connectedApps,
    exportData: createExportData({ getProfile, sessions, connectedApps, personalData, now }),
    deleteAccount: createDeleteAccount({
      credentials,
      users,
      attemptPassword,
      isRecentlyAuthenticated,
      settle,
    }),
  }
}
