/** What guards the ways in and asks others: about breached passwords, and about accounts that are elsewhere still. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { parseCidr } from '@latchkey/runtime/networks'
import { createOutboundFetch } from '@latchkey/runtime/outbound'
import { challengeConfigurationOf } from './abuse-settings.ts'
import { createBreachedPasswords } from './clients/breached-passwords.ts'
import { createVerifyChallenge } from './clients/challenges.ts'
import { createLegacyLogin } from './clients/legacy-login.ts'
import type { Passwords } from './compose-passwords.ts'
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import { createFirstPasswords } from './store/first-passwords.ts'
import { createUserAdministration } from './store/user-administration.ts'
import { createAdoptLegacyUser } from './usecases/adopt-legacy-user.ts'
import type { AttemptSecret } from './usecases/attempt-secret.ts'
import { createRequireChallenge } from './usecases/require-challenge.ts'
import { createWatchSignIns } from './usecases/watch-sign-ins.ts'

export interface AbuseInit {
  readonly settings: IdentitySettings
  readonly stores: Pick<Stores, 'pool' | 'pressure'>
  readonly metrics: Metrics
  readonly logger: Logger
  readonly now: () => Date
}

const breachLookupMs = 1_000
const challengeMs = 3_000

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
    fetch: createOutboundFetch({
      allowedNetworks: settings.OUTBOUND_ALLOWED_NETWORKS.map(parseCidr),
      timeoutMs: breachLookupMs,
    }),
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
      fetch: createOutboundFetch({
        allowedNetworks: settings.OUTBOUND_ALLOWED_NETWORKS.map(parseCidr),
        timeoutMs: settings.LEGACY_LOGIN_TIMEOUT_SECONDS * 1_000,
      }),
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

// As long as the store counts on after the last failure.
const stuffingMs = 900_000
// More networks at once are one attack, and the number says so.
const mostNetworks = 10_000

/** What is seen of all sign-ins. */
export const composeSignInWatch = ({ settings, stores, metrics, logger, now }: AbuseInit) => {
  const signIns = metrics.counter({
    name: 'identity_sign_ins_total',
    help: 'Sign-ins by their first factor, and by how they ended',
    labelNames: ['way', 'outcome'],
  })
  const networks = new Map<string, number>()
  metrics.gauge({
    name: 'identity_stuffing_networks',
    help: 'Networks (/24 or /64) from which ten or more accounts were tried without success in the last 15 minutes',
    collect: gauge => {
      for (const [network, untilMs] of networks) if (untilMs < now().getTime()) networks.delete(network)
      gauge.set(networks.size)
    },
  })
  return createWatchSignIns({
    pressure: stores.pressure,
    allowlist: settings.RATE_LIMIT_ALLOWLIST.map(parseCidr),
    observe: (way, outcome) => signIns.inc({ way, outcome }),
    onStuffing: (network, accounts) => {
      const untilMs = networks.get(network)
      if (untilMs === undefined || untilMs < now().getTime())
        logger.warn({ network, accounts }, 'many accounts are tried from one network: credential stuffing?')
      if (untilMs !== undefined || networks.size < mostNetworks)
        networks.set(network, now().getTime() + stuffingMs)
    },
  })
}

/** Undefined where nobody is asked for a challenge. @throws SettingsError */
export const composeChallenge = ({ settings, stores, metrics }: AbuseInit) => {
  const configuration = challengeConfigurationOf(settings)
  if (configuration === undefined) return undefined
  const challenges = metrics.counter({
    name: 'identity_challenges_total',
    help: 'Requests that had to bring a challenge, by how that ended',
    labelNames: ['outcome'],
  })
  return createRequireChallenge({
    pressure: stores.pressure,
    verifyChallenge: createVerifyChallenge({
      fetch: createOutboundFetch({
        allowedNetworks: settings.OUTBOUND_ALLOWED_NETWORKS.map(parseCidr),
        timeoutMs: challengeMs,
      }),
      ...configuration,
    }),
    afterFailures: settings.CHALLENGE_AFTER_FAILURES,
    allowlist: settings.RATE_LIMIT_ALLOWLIST.map(parseCidr),
    observe: outcome => challenges.inc({ outcome }),
  })
}
