/** Signing out: at the wish of a client, by RP-initiated logout, and the page that both this and the account pages end on. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Clients } from './compose-clients.ts'
import type { Keys } from './compose-keys.ts'
import type { Pages } from './compose-pages.ts'
import type { Stores } from './compose-stores.ts'
import type { TokenSettings } from './config.ts'
import { createLogoutRoutes } from './http/logout.ts'
import { createLinkToSignedOut, createSignedOutPage } from './http/signed-out.ts'
import { createReadIdTokenHint } from './keys/id-token-hint.ts'
import { createFindSignedOutPage } from './usecases/find-signed-out-page.ts'
import { createLogOut } from './usecases/log-out.ts'
import { createPrepareLogout } from './usecases/prepare-logout.ts'
import { createShowSignedOut } from './usecases/show-signed-out.ts'

export interface LogoutInit {
  readonly settings: TokenSettings
  readonly stores: Stores
  readonly clients: Clients
  readonly keys: Keys
  readonly pages: Pages
  readonly logger: Logger
  /** Has the outbox relayed at once. */
  readonly nudge: () => void
}

export const composeLogout = ({ settings, stores, clients, keys, pages, logger, nudge }: LogoutInit) => {
  const { browserSessions, frontchannelClients, sessionEnds, subjects } = stores
  const prepareLogout = createPrepareLogout({
    readIdTokenHint: createReadIdTokenHint({ keyring: keys.keyring, issuer: settings.PUBLIC_URL }),
    clients: stores.clients,
    browserSessions,
    subjects,
  })
  const logOut = createLogOut({
    endSession: clients.endSession,
    sessionEnds,
    browserSessions,
    nudgeOutbox: nudge,
    logger,
  })
  const linkTo = createLinkToSignedOut(pages)
  const signedOutPage = createSignedOutPage({
    ...pages,
    linkTo,
    showSignedOut: createShowSignedOut({ clients: stores.clients, issuer: settings.PUBLIC_URL }),
  })
  return {
    findSignedOutPage: createFindSignedOutPage({ frontchannelClients, linkTo }),
    routes: createLogoutRoutes({ ...pages, prepareLogout, logOut, frontchannelClients, signedOutPage }),
  }
}

export type Logout = ReturnType<typeof composeLogout>
