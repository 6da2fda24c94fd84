/** The settings of the token service. */
import {
  base64ListSetting,
  base64Setting,
  booleanSetting,
  callSettings,
  choiceSetting,
  corsOriginsSetting,
  grpcSettings,
  grpcTargetSetting,
  httpSettings,
  integerSetting,
  listSetting,
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
import { z } from 'zod'
import { clientIdFault } from './domain/client-rules.ts'
import { chosenSecret } from './domain/client-secret.ts'
import type { ClientId } from './domain/ids.ts'
import { jwksMaxAgeSeconds } from './http/well-known.ts'
import { signingAlgorithms } from './keys/signing-algorithm.ts'
import { registrationAccesses } from './usecases/admit-registration.ts'

const keyLength = 32
const keyEncryptionKey = base64Setting(keyLength)

const keyEncryptionKeys = base64ListSetting(keyLength)

const clientId = z.string().transform((text, context): ClientId => {
  const message = clientIdFault(text)
  if (message === undefined) return text as ClientId
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

const clientSecret = z.string().regex(chosenSecret, 'must be 32 to 256 printable ASCII characters')

const initialTokens = listSetting().refine(
  tokens => tokens.every(token => chosenSecret.test(token)),
  'must be tokens of at least 32 characters, separated by commas',
)

export const tokenSettings = {
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
  SESSION_GRPC: grpcTargetSetting('session'),
  ACCESS_TOKEN_ALG: choiceSetting(signingAlgorithms, 'ES256').describe(
    'What access tokens are signed with: ES256, RS256 or EdDSA; keys of all three are published at all times, so that a change takes effect at once',
  ),
  ACCESS_TOKEN_TTL_SECONDS: secondsSetting(900, { min: 1, max: 86_400 }).describe(
    'Life of a first-party access token in seconds',
  ),
  REFRESH_TOKEN_TTL_SECONDS: secondsSetting(604_800, { min: 1 }).describe(
    'Life of a refresh token in seconds, from each use; never past the end of its session',
  ),
  REFRESH_GRACE_SECONDS: secondsSetting(30, { max: 300 }).describe(
    'Seconds in which a used refresh token gives its successor again instead of ending the session; 0 turns it off',
  ),
  DEVICE_CODE_TTL_SECONDS: secondsSetting(600, { min: 1, max: 3_600 }).describe(
    'Seconds that a device waits for somebody to type its code and let it in',
  ),
  USER_CODE_MAX_ATTEMPTS: integerSetting(10, { min: 1, max: 1_000 }).describe(
    'Wrong device codes that one browser or account may try within 10 minutes; one address may try twice as many',
  ),
  KEY_ENCRYPTION_KEY: secret(keyEncryptionKey).describe(
    'Encrypts signing keys in the database: 32 bytes in base64, as openssl rand -base64 32 makes',
  ),
  KEY_ENCRYPTION_KEYS_OLD: secret(keyEncryptionKeys).describe(
    'Former values of KEY_ENCRYPTION_KEY, separated by commas; what they sealed is sealed anew at the next start',
  ),
  KEY_PUBLISH_SECONDS: secondsSetting(600, { min: jwksMaxAgeSeconds + 1 }).describe(
    `Seconds that a new signing key is published before it signs; more than caches keep the key set (${jwksMaxAgeSeconds})`,
  ),
  AUTHORIZATION_CODE_EXPIRE_MINUTES: integerSetting(1, { min: 1, max: 10 }).describe(
    'Life of an authorization code in minutes',
  ),
  PUSHED_REQUEST_TTL_SECONDS: secondsSetting(60, { min: 1, max: 600 }).describe(
    'Life of a pushed authorization request in seconds',
  ),
  DPOP_REQUIRE_NONCE: booleanSetting(true).describe(
    'Refuses DPoP proofs without a nonce of ours, so that none can be made long in advance',
  ),
  SIGNING_KEY_ROTATION_DAYS: integerSetting(90, { max: 3650 }).describe(
    'Age in days at which a signing key gets a successor; 0 turns rotation by age off',
  ),
  ADMIN_CLIENT_ID: clientId
    .default('admin' as ClientId)
    .describe('The client of the command line, made at a start where there is none of that id'),
  ADMIN_CLIENT_SECRET: secret(clientSecret)
    .optional()
    .describe(
      'Its secret, at least 32 characters; where unset no such client is made, and an existing one is never changed',
    ),
  CORS_ORIGINS: corsOriginsSetting().describe(
    'Web origins whose pages may call the OAuth endpoints, beside those of clients; * for all',
  ),
  REGISTRATION_ACCESS: choiceSetting(registrationAccesses, 'off').describe(
    'Who may register clients at /oauth/register: open (anybody), token (with an initial token, or an operator), off',
  ),
  REGISTRATION_INITIAL_TOKENS: secret(initialTokens).describe(
    'Initial access tokens for REGISTRATION_ACCESS=token, separated by commas, each of at least 32 characters',
  ),
}

export type TokenSettings = SettingsOf<typeof tokenSettings>
