/** Builds the use cases over the stores, the keys and the neighbours. */
import { randomBytes } from 'node:crypto'
import { randomToken } from '@latchkey/runtime/crypto'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createCleanupLag } from '@latchkey/runtime/schedule'
import type { Clients } from './compose-clients.ts'
import type { Keys } from './compose-keys.ts'
import type { Stores } from './compose-stores.ts'
import type { TokenSettings } from './config.ts'
import { successorKeyOf } from './domain/refresh-token.ts'
import { describeScope } from './http/pages/scope-list.ts'
import { createBeginBrowserSession } from './usecases/begin-browser-session.ts'
import { createDeleteSubject } from './usecases/delete-subject.ts'
import { createDescribeFlow } from './usecases/describe-flow.ts'
import { createDisconnectApp } from './usecases/disconnect-app.ts'
import { createEndOfflineAccess } from './usecases/end-offline-access.ts'
import { createFindBrowserSession } from './usecases/find-browser-session.ts'
import { createIssueIdToken } from './usecases/issue-id-token.ts'
import { createIssueTokens } from './usecases/issue-tokens.ts'
import { createListConnectedApps } from './usecases/list-connected-apps.ts'
import { createRefreshTokens } from './usecases/refresh-tokens.ts'
import { createRemoveExpiredTokens } from './usecases/remove-expired-tokens.ts'
import { createUpdateSubject } from './usecases/update-subject.ts'
import { createUseRefreshToken } from './usecases/use-refresh-token.ts'

export interface UseCasesInit {
  readonly settings: TokenSettings
  readonly stores: Stores
  readonly clients: Clients
  readonly keys: Keys
  readonly metrics: Metrics
  readonly logger: Logger
  /** Has the outbox relayed at once. */
  readonly nudge: () => void
  readonly now: () => Date
}

export const composeUseCases = (init: UseCasesInit) => {
  const { settings, stores, clients, keys, metrics, logger, nudge, now } = init
  const { browserSessions, clients: oauthClients, connectedApps, families, flows, expired } = stores
  const { subjects, knownSubjects } = stores
  const { signAccessToken, signIdToken } = keys
  const rotations = metrics.counter({
    name: 'refresh_rotations_total',
    help: 'Uses of refresh tokens by their outcome: rotated, prolonged, grace, reused, expired, ended, unknown',
    labelNames: ['outcome'],
  })
  const useRefreshToken = createUseRefreshToken({
    families,
    observeRotation: outcome => rotations.inc({ outcome }),
    nudgeOutbox: nudge,
    successorKeys: [
      successorKeyOf(settings.KEY_ENCRYPTION_KEY),
      ...settings.KEY_ENCRYPTION_KEYS_OLD.map(successorKeyOf),
    ],
    randomBytes,
    logger,
  })
  return {
    useRefreshToken,
    issueIdToken: createIssueIdToken({ subjects, signIdToken }),
    issueTokens: createIssueTokens({ families, subjects: knownSubjects, signAccessToken, randomBytes }),
    refreshTokens: createRefreshTokens({
      families,
      checkSession: clients.checkSession,
      signAccessToken,
      useRefreshToken,
      recordActivity: clients.recordActivity,
      now,
    }),
    beginBrowserSession: createBeginBrowserSession({
      browserSessions,
      subjects: knownSubjects,
      createToken: randomToken,
    }),
    findBrowserSession: createFindBrowserSession({ ...clients, browserSessions, now }),
    describeFlow: createDescribeFlow({ flows, clients: oauthClients }),
    listConnectedApps: createListConnectedApps({
      connectedApps,
      findScopes: stores.scopes.listActive,
      describeScope,
    }),
    disconnectApp: createDisconnectApp({ connectedApps }),
    updateSubject: createUpdateSubject({ subjects }),
    deleteSubject: createDeleteSubject({ subjects: knownSubjects }),
    endOfflineAccess: createEndOfflineAccess({ sessionEnds: stores.sessionEnds }),
    removeExpiredTokens: createRemoveExpiredTokens({
      tables: expired,
      reportLag: createCleanupLag(metrics),
      now,
      logger,
    }),
  }
}

export type UseCases = ReturnType<typeof composeUseCases>
