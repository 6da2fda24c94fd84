/** The settings of what guards the ways in: other people's knowledge of passwords, of humans, and of accounts elsewhere. */
import { integerSetting, secondsSetting, secret, urlSetting } from '@latchkey/runtime/settings'
import { z } from 'zod'

export const abuseSettings = {
  BREACHED_PASSWORDS_URL: urlSetting()
    .optional()
    .describe(
      'Where new passwords are looked up among breached ones, by five digits of their SHA-1: https://api.pwnedpasswords.com; nowhere where unset',
    ),
  LEGACY_LOGIN_URL: urlSetting()
    .optional()
    .describe(
      'Where the passwords of addresses without an account here are tried, once: 200 {email, email_verified, name} makes the account',
    ),
  LEGACY_LOGIN_SECRET: secret(z.string().min(16, 'must have 16 characters or more'))
    .optional()
    .describe('Sent to LEGACY_LOGIN_URL as a bearer token'),
  LEGACY_LOGIN_TIMEOUT_SECONDS: secondsSetting(3, { min: 1, max: 8 }).describe(
    'Seconds that LEGACY_LOGIN_URL may take; later, the sign-in gets 503 with Retry-After',
  ),
  LOGIN_DELAY_AFTER_FAILURES: integerSetting(5, { min: 1, max: 100 }).describe(
    'Where MAX_LOGIN_ATTEMPTS is larger: failed sign-ins of an address after which the next one has to wait, each time twice as long',
  ),
  LOGIN_DELAY_SECONDS: secondsSetting(1, { min: 0, max: 60 }).describe(
    'The first such wait in seconds, at most a minute in the end; 0 turns waiting off, the lock stays',
  ),
}
