/**
 * What operators look at in Redis: `failed_login:{email}` (how many failures), `password_reset:{sha256}` (whose token) and
 * `oauth:state:{state}` (which journey to a provider is under way). Mirrors and nothing more: Postgres decides, so they are
 * written without waiting and may be lost. Deleting a key unlocks nobody.
 */
import type { Logger } from '@latchkey/runtime/logger'
import type { Redis } from 'ioredis'
import type { EmailKey } from '../domain/email-address.ts'
import type { ResetTokenHash, UserId } from '../domain/ids.ts'
import type { SocialJourney } from '../domain/social-journey.ts'

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
    showState: (rawState: string, { provider, purpose }: SocialJourney, ttlSeconds: number): void => {
      const redirect_uri = purpose.kind === 'app' ? purpose.redirectUri : undefined
      const shown = JSON.stringify({ provider, purpose: purpose.kind, redirect_uri })
      attempt(redis.set(`oauth:state:${rawState}`, shown, 'EX', ttlSeconds))
    },
    hideState: (rawState: string): void => {
      attempt(redis.del(`oauth:state:${rawState}`))
    },
    hideReset: (tokenHash: ResetTokenHash): void => {
      attempt(redis.del(`password_reset:${tokenHash}`))
    },
  }
}
