/** Sign-in with providers: those that are set up, and the use cases around them. Nothing is fetched before somebody comes. */
import { parseCidr } from '@latchkey/runtime/networks'
import { createOutboundFetch } from '@latchkey/runtime/outbound'
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import { createJourneySecrets } from './domain/journey-secrets.ts'
import type { Seal } from './domain/seal.ts'
import type { BrowserSession, TokenSet } from './domain/sign-in.ts'
import { createProviders } from './providers/index.ts'
import { createAdmitExternalUser } from './usecases/admit-external-user.ts'
import type { AdmitUser } from './usecases/admit-user.ts'
import { createBeginSocialJourney } from './usecases/begin-social-journey.ts'
import { createEndSocialJourney } from './usecases/end-social-journey.ts'
import { createFindExternalUser } from './usecases/find-external-user.ts'
import { createHandOverSocialCode } from './usecases/hand-over-social-code.ts'
import type { IsRecentlyAuthenticated } from './usecases/is-recently-authenticated.ts'
import { createKeepPosted } from './usecases/keep-posted.ts'
import { createLinkExternalAccount } from './usecases/link-external-account.ts'
import { createReauthenticateWithProvider } from './usecases/reauthenticate-with-provider.ts'
import { createSocialSignUp } from './usecases/social-sign-up.ts'
import { createUnlinkExternalAccount } from './usecases/unlink-external-account.ts'
import type { WatchSignIns } from './usecases/watch-sign-ins.ts'

export interface SocialInit {
  readonly settings: IdentitySettings
  readonly stores: Stores
  readonly admitToApi: AdmitUser<TokenSet>
  readonly admitToBrowser: AdmitUser<BrowserSession>
  readonly isRecentlyAuthenticated: IsRecentlyAuthenticated
  readonly watchSignIns: WatchSignIns
  readonly seal: Seal
  readonly relaySoon: () => void
  readonly now: () => Date
}

/** For one request to a provider; several fit into what a journey may take. */
const requestMs = 3_000

/** @throws SettingsError where a provider is set up by half */
export const composeSocial = (init: SocialInit) => {
  const { settings, stores, admitToApi, admitToBrowser, isRecentlyAuthenticated, seal, relaySoon, now } = init
  const { users, credentials, externalAccounts: accounts, socialJourneys: journeys, mirrors } = stores
  const fetch = createOutboundFetch({
    allowedNetworks: settings.OUTBOUND_ALLOWED_NETWORKS.map(parseCidr),
    timeoutMs: requestMs,
  })
  const providers = createProviders({ settings, fetch, now })
  const way = {
    journeys,
    findProvider: (name: string) => providers.find(each => each.name === name),
    secretsOf: createJourneySecrets(settings.MAIL_SEALING_KEY),
    callbackUrlOf: (provider: string) => `${settings.PUBLIC_URL}/auth/oauth/${provider}/callback`,
    now,
  }
  const { byProvider } = init.watchSignIns
  const findExternalUser = createFindExternalUser({ users, accounts, relaySoon })
  return {
    providers,
    redirectUris: settings.SOCIAL_REDIRECT_URIS,
    beginSocialJourney: createBeginSocialJourney({ ...way, showState: mirrors.showState }),
    endSocialJourney: createEndSocialJourney({ ...way, hideState: mirrors.hideState }),
    keepPosted: createKeepPosted({ journeys }),
    findExternalUser,
    socialCodes: createHandOverSocialCode({ journeys, now }),
    admitExternalUser: byProvider(createAdmitExternalUser({ credentials, admitUser: admitToApi, now })),
    admitExternalInBrowser: byProvider(
      createAdmitExternalUser({ credentials, admitUser: admitToBrowser, now }),
    ),
    socialSignUp: createSocialSignUp({
      signUps: stores.socialSignUps,
      findExternalUser,
      seal,
      relaySoon,
      now,
    }),
    listExternalAccounts: accounts.list,
    reauthenticateWithProvider: createReauthenticateWithProvider({
      accounts,
      authentications: stores.authentications,
    }),
    linkExternalAccount: createLinkExternalAccount({ accounts, isRecentlyAuthenticated, relaySoon }),
    unlinkExternalAccount: createUnlinkExternalAccount({ accounts, relaySoon }),
  }
}
