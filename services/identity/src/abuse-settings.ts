/** The settings of what guards the ways in: other people's knowledge of passwords, of humans, and of accounts elsewhere. */
import {
  integerSetting,
  SettingsError,
  type SettingsOf,
  secondsSetting,
  secret,
  urlSetting,
} from '@latchkey/runtime/settings'
import { z } from 'zod'

export const abuseSettings = {
  BREACHED_PASSWORDS_URL: urlSetting()
    .optional()
    .describe(
      'Where new passwords are looked up among breached ones, by five digits of their SHA-1: https://api.pwnedpasswords.com; nowhere where unset',
    ),
  CHALLENGE_VERIFY_URL: urlSetting()
    .optional()
    .describe(
      'siteverify of Turnstile, hCaptcha or reCAPTCHA: where much guessing comes from, sign-in by password, registration, reset and a mail to sign in with ask for challenge_token; nobody is asked where unset',
    ),
  CHALLENGE_SECRET: secret(z.string().min(1)).optional().describe('Secret key for CHALLENGE_VERIFY_URL'),
  CHALLENGE_SITE_KEY: z
    .string()
    .optional()
    .describe('Site key of the widget, for pages and for clients that have to show it'),
  CHALLENGE_SCRIPT_URL: urlSetting(['https'])
    .optional()
    .describe(
      'Script of the widget, for pages and clients: https://challenges.cloudflare.com/turnstile/v0/api.js',
    ),
  CHALLENGE_AFTER_FAILURES: integerSetting(10, { min: 1, max: 100_000 }).describe(
    'Failed sign-ins from one address within 15 minutes (five times as many from one /24 or /64) after which a challenge is asked for',
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

export interface HumanCheckConfiguration {
  readonly url: string
  readonly secret: string
}

/** Undefined where nobody is asked. @throws SettingsError where half of the pair is missing */
export const humanCheckConfigurationOf = ({
  CHALLENGE_VERIFY_URL: url,
  CHALLENGE_SECRET: secretKey,
}: SettingsOf<typeof abuseSettings>): HumanCheckConfiguration | undefined => {
  if (url === undefined && secretKey === undefined) return undefined
  if (url !== undefined && secretKey !== undefined) return { url, secret: secretKey }
  const [name, other] =
    url === undefined
      ? ['CHALLENGE_VERIFY_URL', 'CHALLENGE_SECRET']
      : ['CHALLENGE_SECRET', 'CHALLENGE_VERIFY_URL']
  throw new SettingsError([{ name, message: `is required where ${other} is set` }])
}
