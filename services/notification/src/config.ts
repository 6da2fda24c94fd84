/** The settings of both processes, out of the environment. */
import { isIP } from 'node:net'
import {
  base64Setting,
  choiceSetting,
  grpcSettings,
  integerSetting,
  portSetting,
  postgresSettings,
  processSettings,
  publicUrlSettings,
  redisSettings,
  redisUrlSettings,
  type SettingsOf,
  secondsSetting,
  secret,
  telemetrySettings,
  tlsSettings,
  urlSetting,
} from '@latchkey/runtime/settings'
import { brandSettings } from '@latchkey/ui/brand'
import { z } from 'zod'
import { isRecipient } from './domain/recipient.ts'
import { locales } from './templates/locales.ts'

const queueSettings = {
  QUEUE_REDIS_URL: secret(urlSetting(['redis', 'rediss']))
    .optional()
    .describe(
      'URL of the Redis that holds the mail queue, with maxmemory-policy noeviction; REDIS_URL by default',
    ),
  MAIL_ATTEMPTS: integerSetting(8, { min: 1, max: 50 }).describe(
    'How often a mail server may defer a mail before it counts as undeliverable',
  ),
  MAIL_RETRY_SECONDS: secondsSetting(10, { min: 1, max: 3600 }).describe(
    'Seconds before the second attempt; each further pause is twice as long, less a random part',
  ),
}

export const serviceSettings = {
  ...processSettings,
  ...tlsSettings,
  ...grpcSettings,
  ...postgresSettings,
  ...redisSettings,
  ...queueSettings,
  ...telemetrySettings,
  MAIL_MAX_AGE_SECONDS: secondsSetting(86_400, { min: 1 }).describe(
    'Seconds for which a mail without an end of its own is tried',
  ),
  MAIL_RETENTION_DAYS: integerSetting(30, { min: 1, max: 3650 }).describe(
    'Days after which messages and the record of their delivery are deleted',
  ),
}

export type ServiceSettings = SettingsOf<typeof serviceSettings>

const mailSettings = {
  ...brandSettings,
  MAIL_FROM: z
    .string()
    .refine(isRecipient, 'must be one mail address, without a name')
    .optional()
    .describe('The address that mails come from; no-reply@ the host of PUBLIC_URL by default'),
  MAIL_LOCALE: choiceSetting(locales, 'en').describe(
    'The language of mails to people whose own we do not speak',
  ),
}

const smtpSettings = {
  SMTP_URL: secret(urlSetting(['smtp', 'smtps']))
    .optional()
    .describe('URL of the mail server: smtp://user:password@host:587, smtps:// for TLS from the first byte'),
  SMTP_HOST: z.string().default('localhost').describe('Host of the mail server, where SMTP_URL is not set'),
  SMTP_PORT: portSetting(587).describe('Port of the mail server; 465 means TLS from the first byte'),
  SMTP_USER: z.string().optional().describe('User at the mail server'),
  SMTP_PASSWORD: secret(z.string()).optional().describe('Password at the mail server'),
  SMTP_USE_TLS: choiceSetting(['auto', 'true', 'false'], 'auto').describe(
    'true demands TLS, false goes without; auto demands it where there is a password and uses it where offered',
  ),
  SMTP_TIMEOUT_SECONDS: secondsSetting(30, { min: 1, max: 600 }).describe(
    'Seconds that one attempt to send a mail may take',
  ),
}

export const workerSettings = {
  ...processSettings,
  ...postgresSettings,
  ...redisUrlSettings,
  ...queueSettings,
  ...telemetrySettings,
  ...publicUrlSettings,
  ...mailSettings,
  ...smtpSettings,
  MAIL_SEALING_KEY: secret(base64Setting(32)).describe(
    'The key that opens what identity sealed for mails, 32 bytes in base64; the same in both',
  ),
  WORKER_CONCURRENCY: integerSetting(20, { min: 1, max: 500 }).describe(
    'How many mails are sent at a time, each on a connection of its own to the mail server',
  ),
}

export type WorkerSettings = SettingsOf<typeof workerSettings>

/** `no-reply@auth.example.com`. An IP address is no mail domain without brackets, and nobody answers anyway. */
export const senderOf = ({
  MAIL_FROM,
  PUBLIC_URL,
}: {
  MAIL_FROM?: string | undefined
  PUBLIC_URL: string
}): string => {
  if (MAIL_FROM !== undefined) return MAIL_FROM
  const { hostname } = new URL(PUBLIC_URL)
  return `no-reply@${isIP(hostname) !== 0 || hostname.startsWith('[') ? 'localhost' : hostname}`
}

/** The Redis that holds the mail queue. */
export const queueRedisUrlOf = ({ QUEUE_REDIS_URL, REDIS_URL }: ServiceSettings | WorkerSettings): string =>
  QUEUE_REDIS_URL ?? REDIS_URL
