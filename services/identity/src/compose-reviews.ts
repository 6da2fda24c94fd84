/** Sign-ins that their owner may not have made: the notices, what their links do, and what ends with their sessions. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import type { Clients } from './compose-clients.ts'
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import { createMintNotMeLink, hashNotMeToken } from './domain/not-me-link.ts'
import type { Seal } from './domain/seal.ts'
import { createAskOwner } from './usecases/ask-owner.ts'
import { createConcludeSession } from './usecases/conclude-session.ts'
import { createConfirmSession } from './usecases/confirm-session.ts'
import { createDisownSession } from './usecases/disown-session.ts'
import { createTellOfNewDevice } from './usecases/tell-of-new-device.ts'
import { createVouchForSession } from './usecases/vouch-for-session.ts'

export interface ReviewsInit {
  readonly settings: Pick<IdentitySettings, 'NOT_ME_LINK_TTL_SECONDS'>
  readonly stores: Pick<Stores, 'users' | 'notMeLinks' | 'sessionEndings'>
  readonly clients: Pick<Clients, 'sessions'>
  readonly seal: Seal
  readonly relaySoon: () => void
  readonly settle: () => Promise<void>
  readonly metrics: Metrics
  readonly logger: Logger
  readonly now: () => Date
}

export const composeReviews = (init: ReviewsInit) => {
  const { settings, seal, relaySoon, settle, metrics, logger, now } = init
  const { users, notMeLinks, sessionEndings } = init.stores
  const { sessions } = init.clients
  const disowned = metrics.counter({
    name: 'identity_sessions_disowned_total',
    help: 'Sessions that their owner said are not theirs',
  })
  const mintNotMeLink = createMintNotMeLink({ ttlSeconds: settings.NOT_ME_LINK_TTL_SECONDS, now })
  return {
    mintNotMeLink,
    askOwner: createAskOwner({ users, notMeLinks, mintNotMeLink, seal, relaySoon, logger }),
    concludeSession: createConcludeSession({ sessionEndings, logger }),
    tellOfNewDevice: createTellOfNewDevice({ users, notMeLinks, mintNotMeLink, seal, relaySoon }),
    findNotMeLink: (rawToken: string) => notMeLinks.find(hashNotMeToken(rawToken), now()),
    confirmSession: createConfirmSession({ notMeLinks, sessions, now }),
    vouchForSession: createVouchForSession({ sessions, logger }),
    disownSession: createDisownSession({ notMeLinks, settle, onDisowned: () => disowned.inc(), now }),
  }
}
