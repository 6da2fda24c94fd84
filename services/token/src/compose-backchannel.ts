/**
 * Back-channel logout: what waits in the outbox for clients goes to them by a relay of its own, so that slow ones keep
 * nothing else waiting.
 */
import { createRelay } from '@latchkey/outbox'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createPostLogoutToken } from './clients/logout-endpoints.ts'
import type { Keys } from './compose-keys.ts'
import type { Proofs } from './compose-proofs.ts'
import type { Stores } from './compose-stores.ts'
import type { TokenSettings } from './config.ts'
import { createLogoutTokenSigner } from './keys/logout-token-signer.ts'
import { backchannelLogoutKind } from './store/session-ends.ts'
import { createSendBackchannelLogout } from './usecases/send-backchannel-logout.ts'

export interface BackchannelInit {
  readonly settings: TokenSettings
  readonly stores: Pick<Stores, 'pool' | 'clients'>
  readonly keys: Pick<Keys, 'keyring'>
  readonly proofs: Pick<Proofs, 'outboundFetch'>
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
  readonly now: () => Date
}

/** @returns the relay, to be nudged after a session's end has left something for it */
export const composeBackchannel = (init: BackchannelInit) => {
  const { settings, stores, keys, proofs, metrics, logger, closing, now } = init
  const outcomes = metrics.counter({
    name: 'backchannel_logouts_total',
    help: 'Attempts to tell clients of a session’s end: delivered, failed (tried again), refused, abandoned, withdrawn',
    labelNames: ['outcome'],
  })
  const sendBackchannelLogout = createSendBackchannelLogout({
    clients: stores.clients,
    signLogoutToken: createLogoutTokenSigner({ keyring: keys.keyring, issuer: settings.PUBLIC_URL, now }),
    postLogoutToken: createPostLogoutToken(proofs.outboundFetch),
    observe: outcome => outcomes.inc({ outcome }),
    now,
    logger,
  })
  const relay = createRelay({
    pool: stores.pool,
    handlers: { [backchannelLogoutKind]: sendBackchannelLogout },
    logger,
    metrics,
  })
  relay.start()
  closing.add('back-channel logouts', relay.close)
  return relay
}
