/** The authorization endpoint: the rules, the pages, and the codes that come of them. */
import { listParameter, type OAuthParameters } from '@latchkey/oauth'
import { randomToken } from '@latchkey/runtime/crypto'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createAuthorizationRules } from './authorize/index.ts'
import type { Clients } from './compose-clients.ts'
import type { Grants } from './compose-grants.ts'
import type { Keys } from './compose-keys.ts'
import type { Pages } from './compose-pages.ts'
import type { Proofs } from './compose-proofs.ts'
import type { Stores } from './compose-stores.ts'
import type { UseCases } from './compose-usecases.ts'
import type { TokenSettings } from './config.ts'
import { createAuthorizeRoutes } from './http/authorize.ts'
import { createConsentRoutes } from './http/consent.ts'
import { createOrganizationRoutes } from './http/organization.ts'
import { createParRoutes } from './http/par.ts'
import { createSendStep } from './http/send-step.ts'
import { createReadIdTokenHint } from './keys/id-token-hint.ts'
import { createAnswerConsent } from './usecases/answer-consent.ts'
import { createAuthorize } from './usecases/authorize.ts'
import { createChooseOrganization, createShowOrganizations } from './usecases/choose-organization.ts'
import { createHoldRequest } from './usecases/hold-request.ts'
import { createIssueCode } from './usecases/issue-code.ts'
import { createPushRequest } from './usecases/push-request.ts'
import { createReadFlow } from './usecases/read-flow.ts'
import { createResumeAuthorization } from './usecases/resume-authorization.ts'
import { createShowConsent } from './usecases/show-consent.ts'
import { createTakeStep } from './usecases/take-step.ts'
import { createWatchAuthorizations, type RefusedRequest } from './usecases/watch-authorizations.ts'

export interface AuthorizeInit {
  readonly settings: TokenSettings
  readonly stores: Stores
  readonly clients: Pick<Clients, 'recordActivity'>
  readonly keys: Pick<Keys, 'keyring'>
  readonly proofs: Pick<Proofs, 'verifyDpopProof' | 'verifyClientJwt' | 'dpopNonces'>
  readonly grants: Pick<Grants, 'authenticateClient'>
  readonly useCases: Pick<UseCases, 'findBrowserSession'>
  readonly pages: Pages
  readonly metrics: Metrics
  readonly logger: Logger
  readonly now: () => Date
}

const requestOf = (lists: OAuthParameters): RefusedRequest => ({
  clientId: listParameter(lists, 'client_id')[0],
  redirectUri: listParameter(lists, 'redirect_uri')[0],
})

export const composeAuthorize = (init: AuthorizeInit) => {
  const { settings, stores, clients, keys, proofs, grants, useCases, pages, metrics, logger, now } = init
  const { flows, consents, codes, subjects, scopes, pushedRequests } = stores
  const ttlSeconds = settings.PUSHED_REQUEST_TTL_SECONDS
  const issuer = settings.PUBLIC_URL
  const createToken = () => randomToken()
  const findScopes = scopes.listActive
  const rules = createAuthorizationRules({
    clients: stores.clients,
    findScopes,
    issuer,
    readIdTokenHint: createReadIdTokenHint({ keyring: keys.keyring, issuer }),
    verifyClientJwt: proofs.verifyClientJwt,
    pushedRequests,
    usedIds: stores.usedIds,
    now,
  })
  const { findBrowserSession } = useCases
  const takeStep = createTakeStep({ findBrowserSession, subjects, issuer, now })
  const issueCode = createIssueCode({
    codes,
    recordActivity: clients.recordActivity,
    createToken,
    issuer,
    codeTtlSeconds: settings.AUTHORIZATION_CODE_EXPIRE_MINUTES * 60,
    accessTokenTtlSeconds: settings.ACCESS_TOKEN_TTL_SECONDS,
    now,
  })
  const readFlow = createReadFlow({ rules, flows })
  const going = { readFlow, takeStep, issueCode, flows, consents, issuer }

  const outcomes = metrics.counter({
    name: 'authorization_requests_total',
    help: 'Steps of authorization requests: code, sign_in, step_up, organization, consent, undecided, resume, held, or the OAuth error',
    labelNames: ['outcome'],
  })
  const watch = createWatchAuthorizations({ count: outcome => outcomes.inc({ outcome }), logger })

  const http = { ...pages, sendStep: createSendStep(pages.ui) }
  return {
    routes: [
      ...createAuthorizeRoutes({
        ...http,
        authorize: watch(
          createAuthorize({ rules, takeStep, issueCode, flows, createToken, issuer }),
          ({ lists }) => requestOf(lists),
        ),
        holdRequest: watch(
          createHoldRequest({ rules, pushedRequests, createToken, issuer, ttlSeconds }),
          ({ lists }) => requestOf(lists),
        ),
        resumeAuthorization: watch(createResumeAuthorization(going)),
      }),
      ...createConsentRoutes({
        ...http,
        showConsent: createShowConsent({ readFlow, takeStep, findScopes, subjects }),
        answerConsent: watch(createAnswerConsent(going)),
      }),
      ...createOrganizationRoutes({
        ...http,
        showOrganizations: createShowOrganizations({ readFlow, takeStep }),
        chooseOrganization: createChooseOrganization({ readFlow, takeStep, flows }),
      }),
      ...createParRoutes({
        dpopNonces: proofs.dpopNonces,
        pushRequest: createPushRequest({
          authenticateClient: grants.authenticateClient,
          verifyDpopProof: proofs.verifyDpopProof,
          rules,
          pushedRequests,
          createToken,
          ttlSeconds,
        }),
      }),
    ],
  }
}

export type Authorization = ReturnType<typeof composeAuthorize>
