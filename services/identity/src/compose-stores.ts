/** Opens Postgres and Redis and everything that reads and writes them. */
import { createSealer } from '@latchkey/runtime/crypto'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { parseCidr } from '@latchkey/runtime/networks'
import { createPool } from '@latchkey/runtime/postgres'
import { createRedis } from '@latchkey/runtime/redis'
import { poolOptionsOf } from '@latchkey/runtime/settings'
import type { IdentitySettings } from './config.ts'
import { createPostAskedMail } from './store/asked-mails.ts'
import { createAuthentications } from './store/authentications.ts'
import { createAuthorities } from './store/authorities.ts'
import { createBegunRegistrations } from './store/begun-registrations.ts'
import { createCredentials } from './store/credentials.ts'
import { databaseSchema } from './store/database-schema.ts'
import { createEmailChanges } from './store/email-changes.ts'
import { createEmailProofs } from './store/email-proofs.ts'
import { createEmailSignIns } from './store/email-sign-ins.ts'
import { createEmailVerifications } from './store/email-verifications.ts'
import { createExternalAccounts } from './store/external-accounts.ts'
import { createImportedHashes } from './store/imported-hashes.ts'
import { createLoginAttempts } from './store/login-attempts.ts'
import { createNotMeLinks } from './store/not-me-links.ts'
import { createFindAccess } from './store/organization-access.ts'
import { createOrganizationInvitations } from './store/organization-invitations.ts'
import { createOrganizationMembers } from './store/organization-members.ts'
import { createOrganizations } from './store/organizations.ts'
import { createOwnInvitations } from './store/own-invitations.ts'
import { createPasskeyCeremonies } from './store/passkey-ceremonies.ts'
import { createPasskeys } from './store/passkeys.ts'
import { createPasswordChanges } from './store/password-changes.ts'
import { createPasswordResets } from './store/password-resets.ts'
import { createPersonalData } from './store/personal-data.ts'
import { createRecoveryCodes } from './store/recovery-codes.ts'
import { createRedisMirrors } from './store/redis-mirrors.ts'
import { createRegistrations } from './store/registrations.ts'
import { createRememberedDevices } from './store/remembered-devices.ts'
import { createRetention } from './store/retention.ts'
import { createRoleAssignments } from './store/role-assignments.ts'
import { createRoles } from './store/roles.ts'
import { createSecondFactors } from './store/second-factors.ts'
import { createSessionEndings } from './store/session-endings.ts'
import { createSignInChallenges } from './store/sign-in-challenges.ts'
import { createSignInPressure } from './store/sign-in-pressure.ts'
import { createSignIns } from './store/sign-ins.ts'
import { createSocialJourneys } from './store/social-journeys.ts'
import { createSocialSignUps } from './store/social-sign-ups.ts'
import { createStandings } from './store/standings.ts'
import { createSubjectVersions } from './store/subject-changes.ts'
import { createTotpFactors } from './store/totp-factors.ts'
import { createUsers } from './store/users.ts'

export interface StoresInit {
  readonly settings: IdentitySettings
  readonly metrics: Metrics
  readonly logger: Logger
  readonly closing: Closing
}

// More than anybody has; few enough for the options that a browser is given.
const passkeysPerUser = 20

export const composeStores = ({ settings, metrics, logger, closing }: StoresInit) => {
  const pool = createPool({
    ...poolOptionsOf(settings),
    schema: databaseSchema.schema,
    applicationName: 'identity',
    logger,
    metrics,
  })
  closing.add('postgres', () => pool.end())
  const redis = createRedis({
    url: settings.REDIS_URL,
    name: 'identity',
    commandTimeoutMs: settings.REDIS_TIMEOUT_MS,
    logger,
  })
  closing.add('redis', () => redis.disconnect())
  const withheld = metrics.counter({
    name: 'identity_mails_withheld_total',
    help: 'Mails that somebody asked for and that did not go, because a quota was full',
    labelNames: ['quota', 'template'],
  })
  const postMail = createPostAskedMail({
    quotas: {
      recipient: settings.MAILS_PER_RECIPIENT_PER_HOUR,
      subject: settings.MAILS_PER_SUBJECT_PER_HOUR,
      address: settings.MAILS_PER_ADDRESS_PER_HOUR,
      network: settings.MAILS_PER_NETWORK_PER_HOUR,
    },
    allowlist: settings.RATE_LIMIT_ALLOWLIST.map(parseCidr),
    onWithheld: (quota, template) => withheld.inc({ quota, template }),
  })
  const factorSealer = createSealer({
    current: settings.FACTOR_ENCRYPTION_KEY,
    old: settings.FACTOR_ENCRYPTION_KEYS_OLD,
  })
  const policy = {
    maxAttempts: settings.MAX_LOGIN_ATTEMPTS,
    lockoutSeconds: settings.LOCKOUT_DURATION,
    delay: {
      afterFailures: settings.LOGIN_DELAY_AFTER_FAILURES,
      firstSeconds: settings.LOGIN_DELAY_SECONDS,
    },
  }
  return {
    pool,
    redis,
    users: createUsers({ pool }),
    begunRegistrations: createBegunRegistrations({ pool }),
    credentials: createCredentials({ pool }),
    signIns: createSignIns({ pool }),
    sessionEndings: createSessionEndings({ pool }),
    authentications: createAuthentications({ pool }),
    passwords: createPasswordChanges({ pool }),
    notMeLinks: createNotMeLinks({ pool }),
    passkeys: createPasskeys({ pool, perUser: passkeysPerUser }),
    passkeyCeremonies: createPasskeyCeremonies({ pool }),
    resets: createPasswordResets({ pool, postMail, mailsPerHour: settings.PASSWORD_RESET_MAILS_PER_HOUR }),
    emailProofs: createEmailProofs({ pool, postMail }),
    registrations: createRegistrations({ pool }),
    emailChanges: createEmailChanges({ pool }),
    emailSignIns: createEmailSignIns({ pool }),
    verifications: createEmailVerifications({ pool }),
    attempts: createLoginAttempts({ pool, policy }),
    externalAccounts: createExternalAccounts({ pool }),
    socialJourneys: createSocialJourneys({ pool }),
    socialSignUps: createSocialSignUps({ pool, postMail }),
    mirrors: createRedisMirrors({ redis, logger }),
    personalData: createPersonalData({ pool }),
    secondFactors: createSecondFactors({ pool }),
    standings: createStandings({ pool }),
    challenges: createSignInChallenges({ pool }),
    factorSealer,
    totpFactors: createTotpFactors({ pool, sealer: factorSealer }),
    recoveryCodes: createRecoveryCodes({ pool }),
    rememberedDevices: createRememberedDevices({ pool, days: settings.REMEMBER_DEVICE_DAYS }),
    importedHashes: createImportedHashes({ pool }),
    pressure: createSignInPressure({ redis, logger }),
    authorities: createAuthorities({ pool }),
    subjectVersions: createSubjectVersions({ pool }),
    roles: createRoles({ pool }),
    roleAssignments: createRoleAssignments({ pool }),
    organizations: createOrganizations({ pool }),
    organizationMembers: createOrganizationMembers({ pool }),
    organizationInvitations: createOrganizationInvitations({ pool, postMail }),
    ownInvitations: createOwnInvitations({ pool }),
    findOrganizationAccess: createFindAccess({ pool }),
    retention: createRetention({ pool }),
  }
}

export type Stores = ReturnType<typeof composeStores>
