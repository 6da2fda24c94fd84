/** What guards the ways in and asks others: about breached passwords, and about accounts that are elsewhere still. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { parseCidr } from '@latchkey/runtime/networks'
import { createOutboundFetch } from '@latchkey/runtime/outbound'
import { humanCheckConfigurationOf } from './abuse-settings.ts'
import { createBreachedPasswords } from './clients/breached-passwords.ts'
import { createVerifyHumanCheck } from './clients/human-checks.ts'
import { createLegacyLogin } from './clients/legacy-login.ts'
import type { Passwords } from './compose-passwords.ts'
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import { createStuffingNetworks } from './domain/stuffing-networks.ts'
import { createFirstPasswords } from './store/first-passwords.ts'
import { createUserAdministration } from './store/user-administration.ts'
import { createAdoptLegacyUser } from './usecases/adopt-legacy-user.ts'
import type { AttemptSecret } from './usecases/attempt-secret.ts'
import { createRequireHumanCheck } from './usecases/require-human-check.ts'
import { createWatchSignIns } from './usecases/watch-sign-ins.ts'

export interface AbuseInit {
  readonly settings: IdentitySettings
  readonly stores: Pick<Stores, 'pool' | 'pressure'>
  readonly metrics: Metrics
  readonly logger: Logger
  readonly now: () => Date
}

const breachLookupMs = 1_000
const humanCheckMs = 3_000

const fetchWithin = (timeoutMs: number, { OUTBOUND_ALLOWED_NETWORKS: cidrs }: IdentitySettings) =>
  createOutboundFetch({ allowedNetworks: cidrs.map(parseCidr), timeoutMs })

/** Undefined where nothing is looked up. */
export const composeBreachedPasswords = ({ settings, metrics, logger, now }: AbuseInit) => {
  const url = settings.BREACHED_PASSWORDS_URL
  if (url === undefined) return undefined
  const lookups = metrics.counter({
    name: 'identity_breached_password_lookups_total',
    help: 'New passwords that were looked up among breached ones',
    labelNames: ['outcome'],
  })
  return createBreachedPasswords({
    fetch: fetchWithin(breachLookupMs, settings),
    url,
    observe: outcome => lookups.inc({ outcome }),
    logger,
    now,
  })
}

export interface LegacyInit extends AbuseInit {
  readonly hasher: Passwords['hasher']
  readonly attemptSecret: AttemptSecret
}

/** Undefined where everybody who has an account has it here. */
export const composeLegacyLogin = (init: LegacyInit) => {
  const { settings, stores, metrics, hasher, attemptSecret, now } = init
  const url = settings.LEGACY_LOGIN_URL
  if (url === undefined) return undefined
  const adopted = metrics.counter({
    name: 'identity_legacy_users_adopted_total',
    help: 'People whose password the legacy login knew, and who have an account here since',
  })
  return createAdoptLegacyUser({
    askLegacyLogin: createLegacyLogin({
      fetch: fetchWithin(settings.LEGACY_LOGIN_TIMEOUT_SECONDS * 1_000, settings),
      url,
      secret: settings.LEGACY_LOGIN_SECRET,
    }),
    attemptSecret,
    hasher,
    users: createUserAdministration(stores),
    firstPasswords: createFirstPasswords(stores),
    onAdopted: () => adopted.inc(),
    now,
  })
}

/** What is seen of all sign-ins. */
export const composeSignInWatch = ({ settings, stores, metrics, logger, now }: AbuseInit) => {
  const signIns = metrics.counter({
    name: 'identity_sign_ins_total',
    help: 'Sign-ins by their first factor, and by how they ended',
    labelNames: ['way', 'outcome'],
  })
  const networks = createStuffingNetworks()
  metrics.gauge({
    name: 'identity_stuffing_networks',
    help: 'Networks (/24 or /64) from which ten or more accounts were tried without success in the last 15 minutes',
    collect: gauge => gauge.set(networks.count(now())),
  })
  return createWatchSignIns({
    pressure: stores.pressure,
    allowlist: settings.RATE_LIMIT_ALLOWLIST.map(parseCidr),
    observe: (way, outcome) => signIns.inc({ way, outcome }),
    onStuffing: (network, accounts) => {
      if (networks.note(network, now()))
        logger.warn({ network, accounts }, 'many accounts are tried from one network: credential stuffing?')
    },
  })
}

/** Undefined where nobody is asked for a human check. @throws SettingsError */
export const composeHumanCheck = ({ settings, stores, metrics }: AbuseInit) => {
  const configuration = humanCheckConfigurationOf(settings)
  if (configuration === undefined) return undefined
  const humanChecks = metrics.counter({
    name: 'identity_challenges_total',
    help: 'Requests that had to bring a challenge, by how that ended',
    labelNames: ['outcome'],
  })
  return createRequireHumanCheck({
    pressure: stores.pressure,
    verifyHumanCheck: createVerifyHumanCheck({
      fetch: fetchWithin(humanCheckMs, settings),
      ...configuration,
    }),
    afterFailures: settings.CHALLENGE_AFTER_FAILURES,
    allowlist: settings.RATE_LIMIT_ALLOWLIST.map(parseCidr),
    observe: outcome => humanChecks.inc({ outcome }),
  })
}
