/** Builds the use cases over Redis and the services behind. */
import { createRevocationCheck } from '@latchkey/revocation'
import { parseCidr } from '@latchkey/runtime/networks'
import type { Clients } from './compose-clients.ts'
import type { Stores } from './compose-stores.ts'
import { type GatewaySettings, rateLimitsOf } from './config.ts'
import { shareAnswer } from './domain/shared-answer.ts'
import { createAuthenticateRequest } from './usecases/authenticate-request.ts'
import { createCountRequest } from './usecases/count-request.ts'
import { createReportSuiteHealth } from './usecases/report-suite-health.ts'
import { createTellBudget } from './usecases/tell-budget.ts'

export interface UseCasesInit {
  readonly settings: GatewaySettings
  readonly stores: Stores
  readonly clients: Clients
  readonly now: () => Date
}

export const composeUseCases = ({ settings, stores, clients, now }: UseCasesInit) => {
  const { redis, counters } = stores
  const revocation = createRevocationCheck({ redis, getSession: clients.findSessionState, now })
  const budgets = {
    counters,
    limits: rateLimitsOf(settings),
    subnetFactor: settings.RATE_LIMIT_SUBNET_FACTOR,
    allowlist: settings.RATE_LIMIT_ALLOWLIST.map(parseCidr),
  }
  return {
    authenticate: createAuthenticateRequest({
      verifyToken: clients.verifier.verify,
      checkRevocation: revocation.check,
    }),
    countRequest: createCountRequest(budgets),
    tellBudget: createTellBudget(budgets),
    reportSuiteHealth: shareAnswer(
      createReportSuiteHealth({ askService: clients.askService, pingRedis: () => redis.ping() }),
      now,
    ),
  }
}

export type UseCases = ReturnType<typeof composeUseCases>
