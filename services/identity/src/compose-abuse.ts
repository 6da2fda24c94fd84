/** What guards the ways in and asks others: about breached passwords, and about accounts that are elsewhere still. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { parseCidr } from '@latchkey/runtime/networks'
import { createOutboundFetch } from '@latchkey/runtime/outbound'
import { createBreachedPasswords } from './clients/breached-passwords.ts'
import { createLegacyLogin } from './clients/legacy-login.ts'
import type { Passwords } from './compose-passwords.ts'
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import { createFirstPasswords } from './store/first-passwords.ts'
import { createUserAdministration } from './store/user-administration.ts'
import { createAdoptLegacyUser } from './usecases/adopt-legacy-user.ts'
import type { AttemptSecret } from './usecases/attempt-secret.ts'

export interface AbuseInit {
  readonly settings: IdentitySettings
  readonly stores: Pick<Stores, 'pool'>
  readonly metrics: Metrics
  readonly logger: Logger
  readonly now: () => Date
}

const breachLookupMs = 1_000

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
