/**
 * Connections to Redis that never hang a request: a command fails at once while the connection is away, within
 * half a second when it is slow, and is never sent a second time behind the caller's back. The connection itself
 * is tried again for ever.
 */
import { Redis } from 'ioredis'
import type { Logger } from '../logger/index.ts'

export interface RedisInit {
  /** `redis://[[user]:password@]host:port[/db]`, `rediss://` for TLS. */
  readonly url: string
  /** What `CLIENT LIST` shows. */
  readonly name: string
  /** Longest wait for an answer; 500 by default. */
  readonly commandTimeoutMs?: number
  /**
   * Whether commands of one turn of the event loop share a write, which is most of what a command costs; true by default.
   * A script that Redis does not know yet may then be overtaken by the next one.
   */
  readonly sharesWrites?: boolean
  readonly logger: Pick<Logger, 'warn' | 'info'>
}

const longestBackoffMs = 1_000

/** Half of the delay is random, so that a fleet does not return in step. */
export const reconnectDelayMs = (attempt: number): number => {
  const ceiling = Math.min(longestBackoffMs, 50 * 2 ** Math.min(attempt, 10))
  return ceiling / 2 + Math.random() * (ceiling / 2)
}

/** A connection for requests. Close it with `redis.disconnect()`. */
export const createRedis = (init: RedisInit): Redis => {
  const redis = new Redis(init.url, {
    connectionName: init.name,
    commandTimeout: init.commandTimeoutMs ?? 500,
    enableAutoPipelining: init.sharesWrites ?? true,
    connectTimeout: 2_000,
    keepAlive: 5_000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: reconnectDelayMs,
    // For how long a connection that we end waits for the server's end; one that is lost already waits as long.
    disconnectTimeout: 250,
    // A replica that was just demoted: the new primary is behind the same name.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  })
  tellOutages(redis, init.logger)
  return redis
}

/** One line when the connection is lost and one when it is back; the attempts in between stay quiet. */
export const tellOutages = (redis: Redis, logger: RedisInit['logger']): void => {
  let lost = false
  // Without a listener, ioredis prints to standard error.
  redis.on('error', error => {
    if (!lost) logger.warn({ error }, 'the connection to Redis is lost')
    lost = true
  })
  redis.on('ready', () => {
    if (lost) logger.info('the connection to Redis is back')
    lost = false
  })
}

/**
 * Calls `listener` each time the connection is ready again after it had been ready before. What Redis held may
 * then be older than what was written, or gone. Gives the function that stops it.
 */
export const onReconnect = (redis: Redis, listener: () => void): (() => void) => {
  let wasReady = redis.status === 'ready'
  const onReady = () => {
    if (wasReady) listener()
    wasReady = true
  }
  redis.on('ready', onReady)
  return () => redis.off('ready', onReady)
}

/** Waits for the connection; false when it is not there within `timeoutMs` (it goes on being tried). */
export const whenReady = (redis: Redis, timeoutMs: number): Promise<boolean> =>
  new Promise(resolve => {
    if (redis.status === 'ready') return resolve(true)
    const settle = (ready: boolean) => {
      clearTimeout(timer)
      redis.off('ready', onReady)
      resolve(ready)
    }
    const onReady = () => settle(true)
    const timer = setTimeout(() => settle(false), timeoutMs)
    redis.once('ready', onReady)
  })
