/** The token endpoint: who asks, by which grant, and what they are given. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createReadAttempt } from './client-authentication/index.ts'
import type { Keys } from './compose-keys.ts'
import type { Proofs } from './compose-proofs.ts'
import type { Stores } from './compose-stores.ts'
import { createGrants } from './grants/index.ts'
import { createAnswerTokenRequest } from './usecases/answer-token-request.ts'
import { createAuthenticateClient } from './usecases/authenticate-client.ts'

export interface GrantsInit {
  readonly stores: Stores
  readonly keys: Keys
  readonly proofs: Proofs
  readonly metrics: Metrics
  readonly logger: Logger
  readonly now: () => Date
}

export const composeGrants = ({ stores, keys, proofs, metrics, logger, now }: GrantsInit) => {
  const failures = metrics.counter({
    name: 'client_authentication_failures_total',
    help: 'Client authentications that failed: unknown_client, inactive_client, method, credentials, blocked',
    labelNames: ['reason'],
  })
  const authenticateClient = createAuthenticateClient({
    clients: stores.clients,
    readAttempt: createReadAttempt({ now }),
    failures: stores.clientFailures,
    observeFailure: reason => failures.inc({ reason }),
    logger,
  })
  const grants = createGrants({ signAccessToken: keys.signAccessToken })
  return {
    authenticateClient,
    answerTokenRequest: createAnswerTokenRequest({
      grants,
      authenticateClient,
      verifyDpopProof: proofs.verifyDpopProof,
    }),
  }
}

export type Grants = ReturnType<typeof composeGrants>
