/** The settings of the session service. */
import {
  booleanSetting,
  grpcSettings,
  httpSettings,
  integerSetting,
  keySetSettings,
  listSetting,
  postgresSettings,
  processSettings,
  publicUrlSettings,
  redisSettings,
  type SettingsOf,
  secondsSetting,
  telemetrySettings,
  tlsSettings,
} from '@latchkey/runtime/settings'

const day = 86_400

export const sessionSettings = {
  ...processSettings,
  ...tlsSettings,
  ...httpSettings,
  ...grpcSettings,
  ...postgresSettings,
  ...redisSettings,
  ...publicUrlSettings,
  ...telemetrySettings,
  ...keySetSettings,
  SESSION_TTL_SECONDS: secondsSetting(3600, { min: 1 }).describe(
    'Seconds that a session stays active after its last use',
  ),
  SESSION_REMEMBER_TTL_SECONDS: secondsSetting(7 * day, { min: 1 }).describe(
    'The same where the user asked to be remembered',
  ),
  SESSION_ABSOLUTE_TTL_SECONDS: secondsSetting(30 * day, { min: 1 }).describe(
    'Seconds from sign-in after which a session is over, however much it is used',
  ),
  REFRESH_TOKEN_TTL_SECONDS: secondsSetting(7 * day, { min: 1 }).describe(
    'Seconds that a refresh token lives unused; the same as in the token service',
  ),
  MAX_CONCURRENT_SESSIONS: integerSetting(5, { min: 1, max: 1000 }).describe(
    'Sessions that a user may have at once',
  ),
  TERMINATE_OLD_SESSIONS: booleanSetting(true).describe(
    'Whether a sign-in above the limit ends the least recently used session; if not, it only warns in the log',
  ),
  STRICT_IP_VALIDATION: booleanSetting(false).describe(
    'Whether any change of address ends a session; if not, only suspicious ones put it under review',
  ),
  IP_CHANGE_THRESHOLD: integerSetting(2, { min: 0, max: 1000 }).describe(
    'Changes of address that nothing explains which a session may make in an hour; one more puts it under review',
  ),
  SESSION_REVIEW_GRACE_SECONDS: secondsSetting(300, { min: 1, max: 86_400 }).describe(
    'Seconds that a session under review goes on while its owner is asked whether it is theirs',
  ),
  GEOIP_DATABASE: listSetting().describe(
    'Local MaxMind databases (.mmdb) that say where addresses are, such as those of cities and of ASNs, separated by commas; read again when they change',
  ),
  SESSION_FLUSH_SECONDS: secondsSetting(2, { min: 1, max: 60 }).describe(
    'Seconds between two writes of last-used stamps to Postgres',
  ),
  SESSION_CLEANUP_SECONDS: secondsSetting(60, { min: 1 }).describe('Seconds between two runs of the cleanup'),
  SESSION_RETENTION_DAYS: integerSetting(30, { min: 1 }).describe(
    'Days that ended sessions and the record of their end are kept',
  ),
  KNOWN_ADDRESS_RETENTION_DAYS: integerSetting(180, { min: 1 }).describe(
    'Days that an address of a user is known after it was seen last',
  ),
}

export type SessionSettings = SettingsOf<typeof sessionSettings>
