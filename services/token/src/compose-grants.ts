/** The token endpoint: who asks, by which grant, and what they are given. */
import { randomBytes } from 'node:crypto'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createReadAttempt } from './client-authentication/index.ts'
import type { Clients } from './compose-clients.ts'
import type { Keys } from './compose-keys.ts'
import type { Proofs } from './compose-proofs.ts'
import type { Stores } from './compose-stores.ts'
import type { UseCases } from './compose-usecases.ts'
import type { TokenSettings } from './config.ts'
import { createGrants } from './grants/index.ts'
import { createAnswerTokenRequest } from './usecases/answer-token-request.ts'
import { createAuthenticateClient } from './usecases/authenticate-client.ts'
import { createExchangeToken } from './usecases/exchange-token.ts'
import { createIssueGrantTokens } from './usecases/issue-grant-tokens.ts'
import { createRedeemCode } from './usecases/redeem-code.ts'
import { createRedeemDeviceCode } from './usecases/redeem-device-code.ts'
import { createRefreshGrant } from './usecases/refresh-grant.ts'
import { createSignGrantTokens } from './usecases/sign-grant-tokens.ts'

export interface GrantsInit {
  readonly settings: TokenSettings
  readonly stores: Stores
  readonly clients: Clients
  readonly keys: Keys
  readonly proofs: Proofs
  readonly useCases: UseCases
  readonly metrics: Metrics
  readonly logger: Logger
  readonly now: () => Date
}

const composeAuthentication = ({ settings, stores, proofs, metrics, logger, now }: GrantsInit) => {
  const failures = metrics.counter({
    name: 'client_authentication_failures_total',
    help: 'Client authentications that failed: unknown_client, inactive_client, method, credentials, replayed, blocked',
    labelNames: ['reason'],
  })
  return createAuthenticateClient({
    clients: stores.clients,
    readAttempt: createReadAttempt({
      issuer: settings.PUBLIC_URL,
      verifyClientJwt: proofs.verifyClientJwt,
      usedIds: stores.usedIds,
      now,
      logger,
    }),
    failures: stores.clientFailures,
    observeFailure: reason => failures.inc({ reason }),
    logger,
  })
}

export const composeGrants = (init: GrantsInit) => {
  const { settings, stores, clients, keys, proofs, useCases, logger, now } = init
  const { families } = stores
  const { signAccessToken } = keys
  const { checkSession, recordActivity } = clients
  const { issueIdToken, useRefreshToken } = useCases
  const authenticateClient = composeAuthentication(init)
  const signGrantTokens = createSignGrantTokens({
    subjects: stores.subjects,
    signAccessToken,
    issueIdToken,
  })
  const issueGrantTokens = createIssueGrantTokens({ signGrantTokens, families, randomBytes })
  const redeeming = {
    grantRevocations: stores.grantRevocations,
    checkSession,
    issueGrantTokens,
    assertSigningKey: () => void keys.keyring.getPublishedSigningKey(settings.ACCESS_TOKEN_ALG),
    logger,
  }
  const findScopes = stores.scopes.listActive
  const grants = createGrants({
    findScopes,
    signAccessToken,
    exchangeToken: createExchangeToken({
      issuer: settings.PUBLIC_URL,
      checkAccessToken: proofs.checkAccessToken,
      findScopes,
      subjects: stores.subjects,
      signAccessToken,
      logger,
    }),
    redeemCode: createRedeemCode({ ...redeeming, codes: stores.codes }),
    redeemDeviceCode: createRedeemDeviceCode({ ...redeeming, devices: stores.devices }),
    refreshGrant: createRefreshGrant({
      families,
      checkSession,
      signGrantTokens,
      useRefreshToken,
      recordActivity,
      now,
    }),
  })
  const issued = init.metrics.counter({
    name: 'tokens_issued_total',
    help: 'Answers of the token endpoint that gave tokens, by grant type',
    labelNames: ['grant_type'],
  })
  return {
    authenticateClient,
    issueGrantTokens,
    answerTokenRequest: createAnswerTokenRequest({
      grants,
      authenticateClient,
      verifyDpopProof: proofs.verifyDpopProof,
      observeIssued: grantType => issued.inc({ grant_type: grantType }),
      logger,
    }),
  }
}

export type Grants = ReturnType<typeof composeGrants>
