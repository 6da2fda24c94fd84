/** What the service serves, and to whom. */
import { createAuthenticate } from '@latchkey/contracts'
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import { startGrpcServer } from '@latchkey/runtime/grpc'
import { createHealth } from '@latchkey/runtime/health'
import { createHttpApp, startHttpServer } from '@latchkey/runtime/http'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createDatabaseChecks } from '@latchkey/runtime/migrate'
import { startServers } from '@latchkey/runtime/servers'
import { brandOf, createUi } from '@latchkey/ui'
import type { Admin } from './compose-admin.ts'
import type { Clients } from './compose-clients.ts'
import type { Passwords } from './compose-passwords.ts'
import type { Stores } from './compose-stores.ts'
import type { UseCases } from './compose-usecases.ts'
import type { IdentitySettings } from './config.ts'
import { toProblem } from './errors.ts'
import { createAccountRoutes } from './http/account-routes.ts'
import { createDataRoutes } from './http/data-routes.ts'
import { createReadDevice } from './http/device.ts'
import { createEmailChangeRoutes } from './http/email-change-routes.ts'
import { createEmailSignInRoutes } from './http/email-sign-in-routes.ts'
import { createEmailVerificationRoutes } from './http/email-verification-routes.ts'
import { createExternalAccountRoutes } from './http/external-account-routes.ts'
import { createDemandHumanCheck } from './http/human-check.ts'
import { createMfaFactorRoutes } from './http/mfa-factor-routes.ts'
import { createMfaPasskeyRoutes } from './http/mfa-passkey-routes.ts'
import { createMfaVerifyRoutes } from './http/mfa-verify-routes.ts'
import { createOrganizationRoutes } from './http/organization-routes.ts'
import { createFormHumanChecks } from './http/pages/form-human-check.ts'
import { createPages } from './http/pages/index.ts'
import { createPasskeyProofRoutes } from './http/passkey-proof-routes.ts'
import { createPasskeyRoutes } from './http/passkey-routes.ts'
import { createAuthenticateRecent, createReauthenticationRoutes } from './http/reauthentication.ts'
import { createResetRoutes } from './http/reset-routes.ts'
import { createSchemas } from './http/schemas.ts'
import { createScriptRoutes, readScript } from './http/scripts.ts'
import { createSignInRoutes } from './http/sign-in-routes.ts'
import { createWellKnownRoutes } from './http/well-known.ts'
import { databaseSchema } from './store/database-schema.ts'

export interface ServersInit {
  readonly settings: IdentitySettings
  readonly tls: TlsMaterial
  readonly stores: Stores
  readonly clients: Clients
  readonly passwords: Passwords
  readonly useCases: UseCases
  readonly admin: Admin
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
  readonly now: () => Date
}

export const composeServers = async (init: ServersInit) => {
  const { settings, tls, stores, clients, passwords, useCases, metrics, logger, closing, now } = init
  const schemas = createSchemas(passwords.policy)
  const readDevice = createReadDevice({ publicUrl: settings.PUBLIC_URL })
  const authenticate = createAuthenticate(clients.verifier)
  const authenticateRecent = createAuthenticateRecent({ ...useCases, authenticate })
  const publicUrl = settings.PUBLIC_URL
  const ui = createUi({ brand: brandOf(settings), publicUrl })
  const passkeyScript = await readScript('passkeys')
  const humanChecks = {
    requireHumanCheck: useCases.requireHumanCheck,
    siteKey: settings.CHALLENGE_SITE_KEY,
    scriptUrl: settings.CHALLENGE_SCRIPT_URL,
  }
  const demandHumanCheck = createDemandHumanCheck(humanChecks)
  const pages = createPages({
    ...useCases,
    ui,
    publicUrl,
    passkeyScript: passkeyScript.path,
    rpId: new URL(publicUrl).hostname,
    schemas,
    formHumanChecks: createFormHumanChecks({ ...humanChecks, ui, demandHumanCheck }),
    readDevice,
    policy: passwords.policy,
    policyName: settings.PASSWORD_POLICY,
    rememberDeviceDays: settings.REMEMBER_DEVICE_DAYS,
    logger,
    now,
  })
  const app = createHttpApp({
    logger,
    metrics,
    behindGateway: true,
    routes: [
      ...createSignInRoutes({ ...useCases, schemas, demandHumanCheck, readDevice }),
      ...createAccountRoutes({ ...useCases, schemas, authenticate }),
      ...createOrganizationRoutes({ ...useCases, authenticate, logger }),
      ...createReauthenticationRoutes({ ...useCases, schemas, authenticate }),
      ...createMfaVerifyRoutes({ ...useCases, schemas, readDevice }),
      ...createMfaFactorRoutes({ ...useCases, schemas, authenticate, authenticateRecent }),
      ...createPasskeyRoutes({ ...useCases, authenticate, authenticateRecent }),
      ...createMfaPasskeyRoutes({ ...useCases, readDevice }),
      ...createPasskeyProofRoutes({ ...useCases, authenticate, readDevice }),
      ...createEmailSignInRoutes({ ...useCases, schemas, demandHumanCheck, readDevice }),
      ...createEmailChangeRoutes({ ...useCases, schemas, authenticate }),
      ...createEmailVerificationRoutes({ ...useCases, schemas, authenticate }),
      ...createDataRoutes({ ...useCases, authenticateRecent }),
      ...createExternalAccountRoutes({ ...useCases, authenticate, authenticateRecent }),
      ...createResetRoutes({ ...useCases, schemas, demandHumanCheck }),
      ...init.admin.routes,
      ...pages.routes,
      ...createScriptRoutes([passkeyScript]),
      ...createWellKnownRoutes({ ui, publicUrl }),
    ],
    mapError: toProblem,
    renderProblem: pages.renderProblem,
  })
  const health = createHealth({
    checks: createDatabaseChecks({ pool: stores.pool, ...databaseSchema }),
    optionalChecks: { redis: () => stores.redis.ping() },
  })
  return startServers({
    settings,
    health,
    metrics,
    logger,
    closing,
    servers: {
      http: commons =>
        startHttpServer({
          ...commons,
          app,
          port: settings.HTTP_PORT,
          tls,
          // Only the gateway brings users' requests.
          allowedCallers: ['gateway'],
        }),
      // Nobody to the left calls an RPC of ours; the gateway asks for our health.
      grpc: commons =>
        startGrpcServer({ ...commons, services: [], port: settings.GRPC_PORT, tls, allowedCallers: [] }),
    },
  })
}
