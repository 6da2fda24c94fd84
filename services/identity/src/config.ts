/** The settings of the identity service. */
import {
  base64ListSetting,
  base64Setting,
  booleanSetting,
  callSettings,
  choiceSetting,
  cidrsSetting,
  grpcSettings,
  grpcTargetSetting,
  httpSettings,
  integerSetting,
  keySetSettings,
  outboundSettings,
  postgresSettings,
  processSettings,
  publicUrlSettings,
  redisSettings,
  type SettingsOf,
  secondsSetting,
  secret,
  telemetrySettings,
  tlsSettings,
} from '@latchkey/runtime/settings'
import { pageBrandSettings } from '@latchkey/ui'
import { abuseSettings } from './abuse-settings.ts'
import { emailSignInModes } from './domain/email-sign-in.ts'
import { passwordPolicyNames } from './domain/password-policy.ts'
import { providerSettings } from './providers/settings.ts'

const mailsPerHour = (standard: number, what: string, whoever: string) =>
  integerSetting(standard, { min: 1, max: 1_000_000 }).describe(
    `Mails that can be asked for and ${what} in an hour at most, ${whoever}`,
  )

export const identitySettings = {
  ...processSettings,
  ...tlsSettings,
  ...callSettings,
  ...httpSettings,
  ...grpcSettings,
  ...postgresSettings,
  ...redisSettings,
  ...publicUrlSettings,
  ...outboundSettings,
  ...telemetrySettings,
  ...pageBrandSettings,
  ...abuseSettings,
  ...keySetSettings,
  TOKEN_GRPC: grpcTargetSetting('token'),
  SESSION_GRPC: grpcTargetSetting('session'),
  NOTIFICATION_GRPC: grpcTargetSetting('notification'),
  MAIL_SEALING_KEY: secret(base64Setting(32)).describe(
    'Key that seals reset links for the mail worker: 32 bytes in base64, the same as there',
  ),
  PASSWORD_POLICY: choiceSetting(passwordPolicyNames, 'archon').describe(
    'What a new password must be: archon (8 to 128 characters of four kinds) or nist (SP 800-63B-4: at least 15, no composition)',
  ),
  MAX_LOGIN_ATTEMPTS: integerSetting(5, { min: 1, max: 100 }).describe(
    'Failed sign-ins that lock an address; a device known to the user has as many of its own',
  ),
  LOCKOUT_DURATION: secondsSetting(1_800, { min: 1 }).describe('Seconds that a lock lasts'),
  PASSWORD_RESET_TTL_SECONDS: secondsSetting(3_600, { min: 1, max: 86_400 }).describe(
    'Seconds that the link of a reset mail works',
  ),
  PASSWORD_RESET_MAILS_PER_HOUR: integerSetting(5, { min: 1, max: 1_000 }).describe(
    'Reset mails that one account gets in an hour at most, whoever asks for them',
  ),
  NOT_ME_LINK_TTL_SECONDS: secondsSetting(604_800, { min: 1, max: 2_592_000 }).describe(
    'Seconds that the "this wasn\'t me" link of a notice works',
  ),
  REQUIRE_EMAIL_VERIFICATION: booleanSetting(false).describe(
    'Nobody signs in before their address is verified; registration answers without tokens',
  ),
  REGISTRATION_PRIVACY: choiceSetting(['open', 'strict'], 'open').describe(
    'open: 409 where an address has an account; strict: 202 always, a mail tells the owner, and its proof makes the account',
  ),
  EMAIL_SIGN_IN: choiceSetting(emailSignInModes, 'off').describe(
    'Sign-in by a mail: off, or a mail with a code, a link or both, each good for ten minutes',
  ),
  MAILS_PER_RECIPIENT_PER_HOUR: mailsPerHour(
    10,
    'one mailbox gets (tags as in jo+tag@ do not make another)',
    'whoever asks for them',
  ),
  MAILS_PER_SUBJECT_PER_HOUR: mailsPerHour(10, 'go out about one account', 'whatever they say'),
  MAILS_PER_ADDRESS_PER_HOUR: mailsPerHour(100, 'are asked for from one IP address', 'whoever gets them'),
  MAILS_PER_NETWORK_PER_HOUR: mailsPerHour(500, 'are asked for from one /24 or /64', 'whoever gets them'),
  RATE_LIMIT_ALLOWLIST: cidrsSetting().describe(
    'Networks that no limit by address applies to, the same as at the gateway; those by recipient and account still do',
  ),
  KNOWN_DEVICE_TTL_DAYS: integerSetting(365, { min: 1, max: 3_650 }).describe(
    'Days after which a device that is not used any more is forgotten',
  ),
  REAUTHENTICATION_MAX_AGE_SECONDS: secondsSetting(600, { min: 1, max: 86_400 }).describe(
    'Seconds after which a change that matters (address, factors, deletion) asks who it is once more',
  ),
  FACTOR_ENCRYPTION_KEY: secret(base64Setting(32)).describe(
    'Encrypts the secrets of authenticator apps in the database: 32 bytes in base64, as openssl rand -base64 32 makes',
  ),
  FACTOR_ENCRYPTION_KEYS_OLD: secret(base64ListSetting(32)).describe(
    'Former values of FACTOR_ENCRYPTION_KEY, separated by commas; what they sealed is sealed anew when it is used',
  ),
  REMEMBER_DEVICE_DAYS: integerSetting(30, { max: 365 }).describe(
    'Days for which a device can be remembered that is not asked for the second factor; 0: none can',
  ),
  ARGON2_CONCURRENCY: integerSetting(0, { max: 64 }).describe(
    'Passwords that are hashed at the same time, 12 MiB each; 0 means one for each core but one',
  ),
  ARGON2_QUEUE_LIMIT: integerSetting(256, { max: 100_000 }).describe(
    'Passwords that may wait to be hashed; beyond, sign-ins get 503 with Retry-After',
  ),
  ...providerSettings,
  IDENTITY_CLEANUP_SECONDS: secondsSetting(60, { min: 1 }).describe(
    'Seconds between two removals of outdated rows',
  ),
}

export type IdentitySettings = SettingsOf<typeof identitySettings>
