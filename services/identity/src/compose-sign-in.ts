/** Sign-in by password, and what a browser carries of a sign-in. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { composeHumanCheck, composeLegacyLogin } from './compose-abuse.ts'
import type { Clients } from './compose-clients.ts'
import type { Passwords } from './compose-passwords.ts'
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import type { BrowserSession, TokenSet } from './domain/sign-in.ts'
import type { AdmitUser } from './usecases/admit-user.ts'
import type { AttemptPassword } from './usecases/attempt-password.ts'
import type { AttemptSecret } from './usecases/attempt-secret.ts'
import { createFindBrowserUser } from './usecases/find-browser-user.ts'
import { createFindRememberedUser } from './usecases/find-remembered-user.ts'
import { createFindSignedOutPage } from './usecases/find-signed-out-page.ts'
import type { GetProfile } from './usecases/get-profile.ts'
import type { IsRecentlyAuthenticated } from './usecases/is-recently-authenticated.ts'
import { createReauthenticate } from './usecases/reauthenticate.ts'
import { createSignIn } from './usecases/sign-in.ts'
import { createSignOutBrowser } from './usecases/sign-out-browser.ts'
import type { WatchSignIns } from './usecases/watch-sign-ins.ts'

export interface SignInInit {
  readonly settings: IdentitySettings
  readonly stores: Stores
  readonly clients: Pick<Clients, 'browsers' | 'sessions'>
  readonly hasher: Passwords['hasher']
  readonly attemptSecret: AttemptSecret
  readonly attemptPassword: AttemptPassword
  readonly admitToApi: AdmitUser<TokenSet>
  readonly admitToBrowser: AdmitUser<BrowserSession>
  readonly isRecentlyAuthenticated: IsRecentlyAuthenticated
  readonly getProfile: GetProfile
  readonly watchSignIns: WatchSignIns
  readonly metrics: Metrics
  readonly logger: Logger
  readonly now: () => Date
}

/** @throws SettingsError where the human check is set up by half */
export const composeSignIn = (init: SignInInit) => {
  const { hasher, attemptPassword, isRecentlyAuthenticated, getProfile, now } = init
  const { credentials, authentications } = init.stores
  const { browsers, sessions } = init.clients
  const { byPassword } = init.watchSignIns
  const findSignedOutPage = createFindSignedOutPage({ browsers, logger: init.logger })
  const deps = { credentials, hasher, attemptPassword, adoptLegacyUser: composeLegacyLogin(init), now }
  return {
    requireHumanCheck: composeHumanCheck(init),
    signIn: byPassword(createSignIn({ ...deps, admitUser: init.admitToApi })),
    signInBrowser: byPassword(createSignIn({ ...deps, admitUser: init.admitToBrowser })),
    isRecentlyAuthenticated,
    reauthenticate: createReauthenticate({ credentials, authentications, attemptPassword, now }),
    findBrowserUser: createFindBrowserUser({ browsers, getProfile }),
    findRememberedUser: createFindRememberedUser({ browsers, sessions, logger: init.logger }),
    findSignedOutPage,
    signOutBrowser: createSignOutBrowser({ findSignedOutPage, sessions }),
  }
}
