/** The stores of the service over one pool of connections. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Redis } from 'ioredis'
import type { Pool } from 'pg'
import type { IdentitySettings } from './config.ts'
import { createCredentials } from './store/credentials.ts'
import { createLoginAttempts } from './store/login-attempts.ts'
import { createPasswordChanges } from './store/password-changes.ts'
import { createPasswordResets } from './store/password-resets.ts'
import { createPrisma } from './store/prisma.ts'
import { createRedisMirrors } from './store/redis-mirrors.ts'
import { createRetention } from './store/retention.ts'
import { createUsers } from './store/users.ts'

export interface StoresInit {
  readonly pool: Pool
  readonly redis: Redis
  readonly settings: IdentitySettings
  readonly logger: Logger
}

export const composeStores = ({ pool, redis, settings, logger }: StoresInit) => {
  const policy = { maxAttempts: settings.MAX_LOGIN_ATTEMPTS, lockoutSeconds: settings.LOCKOUT_DURATION }
  return {
    users: createUsers({ pool, prisma: createPrisma(pool) }),
    credentials: createCredentials({ pool }),
    passwords: createPasswordChanges({ pool }),
    resets: createPasswordResets({ pool, mailsPerHour: settings.PASSWORD_RESET_MAILS_PER_HOUR }),
    attempts: createLoginAttempts({ pool, policy }),
    mirrors: createRedisMirrors({ redis, logger }),
    retention: createRetention({ pool }),
  }
}

export type Stores = ReturnType<typeof composeStores>
