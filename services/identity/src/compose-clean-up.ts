/** How long what has run out is kept. */
import type { Metrics } from '@latchkey/runtime/metrics'
import { createCleanupLag } from '@latchkey/runtime/schedule'
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import { totpEnrolmentTtlSeconds } from './domain/totp-factor.ts'
import { createCleanUp } from './usecases/clean-up.ts'

export interface CleanUpInit {
  readonly settings: Pick<IdentitySettings, 'KNOWN_DEVICE_TTL_DAYS' | 'REAUTHENTICATION_MAX_AGE_SECONDS'>
  readonly stores: Pick<Stores, 'retention'>
  readonly metrics: Metrics
  readonly now: () => Date
}

const hourSeconds = 3_600
const daySeconds = 86_400

export const composeCleanUp = ({ settings, stores, metrics, now }: CleanUpInit) => ({
  cleanUp: createCleanUp({
    retention: stores.retention,
    keepSeconds: {
      // A day in which support can see that a link was there, and whether it was used.
      password_resets: daySeconds,
      not_me_links: daySeconds,
      organization_invitations: daySeconds,
      email_proofs: daySeconds,
      email_changes: daySeconds,
      // Journeys and sign-ups that were used stay for support to look at until they would have run out, and an hour more.
      social_journeys: hourSeconds,
      social_sign_ups: hourSeconds,
      // As far back as the quotas look.
      asked_mails: hourSeconds,
      known_devices: settings.KNOWN_DEVICE_TTL_DAYS * daySeconds,
      authentications: settings.REAUTHENTICATION_MAX_AGE_SECONDS,
      totp_factors: totpEnrolmentTtlSeconds,
      login_attempts: 0,
      passkey_ceremonies: 0,
      sign_in_challenges: 0,
      remembered_devices: 0,
    },
    reportLag: createCleanupLag(metrics),
    now,
  }),
})
