/** The settings of the gateway. */
import {
  booleanSetting,
  callSettings,
  cidrsSetting,
  corsOriginsSetting,
  grpcTargetSetting,
  integerSetting,
  listSetting,
  portSetting,
  processSettings,
  publicUrlSettings,
  redisSettings,
  SettingsError,
  type SettingsOf,
  secondsSetting,
  telemetrySettings,
  tlsSettings,
} from '@latchkey/runtime/settings'
import { pageBrandSettings } from '@latchkey/ui'
import { z } from 'zod'
import type { RateLimits } from './domain/rate-limits.ts'

const upstreamUrl = z.url({ protocol: /^https$/, message: 'must be https:// URLs, separated by commas' })

const upstreamUrls = (service: string) =>
  z
    .string()
    .transform(text => text.split(',').map(url => url.trim()))
    .pipe(z.tuple([upstreamUrl], upstreamUrl))
    .describe(`Internal URL of ${service}; several, separated by commas, take turns`)

const maxRequests = (what: string, byDefault: number) =>
  integerSetting(byDefault, { min: 1 }).describe(`Requests that a subject may make in a window: ${what}`)

const windowSeconds = (what: string, byDefault: number) =>
  secondsSetting(byDefault, { min: 1 }).describe(`Length of the window in seconds: ${what}`)

export const gatewaySettings = {
  ...processSettings,
  ...tlsSettings,
  ...callSettings,
  ...redisSettings,
  ...publicUrlSettings,
  ...telemetrySettings,
  ...pageBrandSettings,
  PORT: portSetting(8080).describe('The public port'),
  PUBLIC_TLS_CERT_FILE: z
    .string()
    .optional()
    .describe(
      'PEM file of the certificate of the public port; plain HTTP, for a TLS proxy in front, where unset',
    ),
  PUBLIC_TLS_KEY_FILE: z.string().optional().describe('PEM file of its private key'),
  IDENTITY_URL: upstreamUrls('identity'),
  TOKEN_URL: upstreamUrls('token'),
  SESSION_URL: upstreamUrls('session'),
  IDENTITY_GRPC: grpcTargetSetting('identity'),
  TOKEN_GRPC: grpcTargetSetting('token'),
  SESSION_GRPC: grpcTargetSetting('session'),
  NOTIFICATION_GRPC: grpcTargetSetting('notification'),
  UPSTREAM_TIMEOUT_SECONDS: secondsSetting(10, { min: 1, max: 60 }).describe(
    'Seconds without a byte from a service after which its route answers 503',
  ),
  CORS_ORIGINS: corsOriginsSetting().describe(
    'Web origins that may read answers; * for all, without cookies',
  ),
  TRUSTED_PROXIES: cidrsSetting().describe(
    'Networks of the proxies in front, whose X-Forwarded-For is believed',
  ),
  RATE_LIMIT_ALLOWLIST: cidrsSetting().describe(
    'Networks that no rate limit applies to; account lockout still does',
  ),
  RATE_LIMIT_MAX_REQUESTS: maxRequests('every route without a limit of its own, together', 100),
  RATE_LIMIT_WINDOW_SECONDS: windowSeconds('every route without a limit of its own, together', 60),
  RATE_LIMIT_LOGIN_MAX_REQUESTS: maxRequests('login', 10),
  RATE_LIMIT_LOGIN_WINDOW_SECONDS: windowSeconds('login', 60),
  RATE_LIMIT_REGISTER_MAX_REQUESTS: maxRequests('registration; invalid input is not counted', 10),
  RATE_LIMIT_REGISTER_WINDOW_SECONDS: windowSeconds('registration', 60),
  RATE_LIMIT_REFRESH_MAX_REQUESTS: maxRequests('refresh', 30),
  RATE_LIMIT_REFRESH_WINDOW_SECONDS: windowSeconds('refresh', 60),
  RATE_LIMIT_PASSWORD_RESET_MAX_REQUESTS: maxRequests('password reset mails', 5),
  RATE_LIMIT_PASSWORD_RESET_WINDOW_SECONDS: windowSeconds('password reset mails', 3600),
  RATE_LIMIT_VERIFICATION_RESEND_MAX_REQUESTS: maxRequests('further verification mails', 3),
  RATE_LIMIT_VERIFICATION_RESEND_WINDOW_SECONDS: windowSeconds('further verification mails', 3600),
  RATE_LIMIT_SUBNET_FACTOR: integerSetting(10, { min: 1, max: 1_000_000 }).describe(
    'The addresses of a subnet (IPv4 /24, IPv6 /48) may together make so many times the requests that one of them may',
  ),
  METRICS_PUBLIC: booleanSetting(false).describe('Serves /metrics on the public port too'),
  METRICS_SOURCES: listSetting().describe(
    'URLs of the /metrics of other processes that the public one shows too, separated by commas',
  ),
}

export type GatewaySettings = SettingsOf<typeof gatewaySettings>

/**
 * Undefined where the public port speaks plain HTTP.
 * @throws SettingsError where half of the pair is missing: nobody who names a certificate wants plain HTTP
 */
export const publicTlsFilesOf = ({
  PUBLIC_TLS_CERT_FILE: certFile,
  PUBLIC_TLS_KEY_FILE: keyFile,
}: Pick<GatewaySettings, 'PUBLIC_TLS_CERT_FILE' | 'PUBLIC_TLS_KEY_FILE'>) => {
  if (certFile === undefined && keyFile === undefined) return undefined
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile }
  const [name, other] =
    certFile === undefined
      ? ['PUBLIC_TLS_CERT_FILE', 'PUBLIC_TLS_KEY_FILE']
      : ['PUBLIC_TLS_KEY_FILE', 'PUBLIC_TLS_CERT_FILE']
  throw new SettingsError([{ name, message: `is required where ${other} is set` }])
}

export const rateLimitsOf = (settings: GatewaySettings): RateLimits => ({
  login: {
    maxRequests: settings.RATE_LIMIT_LOGIN_MAX_REQUESTS,
    windowSeconds: settings.RATE_LIMIT_LOGIN_WINDOW_SECONDS,
  },
  register: {
    maxRequests: settings.RATE_LIMIT_REGISTER_MAX_REQUESTS,
    windowSeconds: settings.RATE_LIMIT_REGISTER_WINDOW_SECONDS,
  },
  refresh: {
    maxRequests: settings.RATE_LIMIT_REFRESH_MAX_REQUESTS,
    windowSeconds: settings.RATE_LIMIT_REFRESH_WINDOW_SECONDS,
  },
  password_reset: {
    maxRequests: settings.RATE_LIMIT_PASSWORD_RESET_MAX_REQUESTS,
    windowSeconds: settings.RATE_LIMIT_PASSWORD_RESET_WINDOW_SECONDS,
  },
  verification_resend: {
    maxRequests: settings.RATE_LIMIT_VERIFICATION_RESEND_MAX_REQUESTS,
    windowSeconds: settings.RATE_LIMIT_VERIFICATION_RESEND_WINDOW_SECONDS,
  },
  default: {
    maxRequests: settings.RATE_LIMIT_MAX_REQUESTS,
    windowSeconds: settings.RATE_LIMIT_WINDOW_SECONDS,
  },
})
