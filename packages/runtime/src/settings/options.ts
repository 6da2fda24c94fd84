/** Shared settings in the words of the factories that take them. */
import type { SettingsOf } from './schema.ts'
import type { postgresSettings, tlsSettings } from './shared.ts'

/** For `loadTls`. */
export const tlsFilesOf = (settings: SettingsOf<typeof tlsSettings>) => ({
  caFile: settings.TLS_CA_FILE,
  certFile: settings.TLS_CERT_FILE,
  keyFile: settings.TLS_KEY_FILE,
})

/** For `createPool`. */
export const poolOptionsOf = (settings: SettingsOf<typeof postgresSettings>) => ({
  url: settings.DATABASE_URL,
  min: settings.DATABASE_POOL_MIN_SIZE,
  max: settings.DATABASE_POOL_MAX_SIZE,
  connectTimeoutMs: settings.DATABASE_POOL_TIMEOUT * 1_000,
})
