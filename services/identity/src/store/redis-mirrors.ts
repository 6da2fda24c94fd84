/**
 * What operators look at in Redis: `failed_login:{email}` (how many failures) and `password_reset:{sha256}` (whose
 * token). Mirrors and nothing more: Postgres decides, so they are written without waiting and may be lost. Deleting
 * a key unlocks nobody.
 */
import type { Logger } from '@latchkey/runtime/logger'
import type { Redis } from 'ioredis'
import type { EmailKey } from '../domain/email-address.ts'
import type { ResetTokenHash, UserId } from '../domain/ids.ts'

export interface RedisMirrorsInit {
  readonly redis: Redis
  readonly logger: Pick<Logger, 'debug'>
}

export const createRedisMirrors = ({ redis, logger }: RedisMirrorsInit) => {
  const attempt = (write: Promise<unknown>): void => {
    write.catch((error: unknown) => logger.debug({ error }, 'a mirror in Redis was not written'))
  }
  return {
    /** 0 takes the mirror away. */
    showFailures: (emailKey: EmailKey, failures: number, ttlSeconds: number): void => {
      const key = `failed_login:${emailKey}`
      attempt(failures === 0 ? redis.del(key) : redis.set(key, failures, 'EX', ttlSeconds))
    },
    showReset: (tokenHash: ResetTokenHash, userId: UserId, ttlSeconds: number): void => {
      attempt(redis.set(`password_reset:${tokenHash}`, JSON.stringify({ user_id: userId }), 'EX', ttlSeconds))
    },
    hideReset: (tokenHash: ResetTokenHash): void => {
      attempt(redis.del(`password_reset:${tokenHash}`))
    },
  }
}
