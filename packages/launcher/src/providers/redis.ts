/**
 * Redis for one machine: the server of REDIS_URL, else one of our own on a private port, which keeps what it is
 * told (append-only file) and refuses to drop anything (noeviction), as queues and revocations need.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { ProcessPlan } from '../processes/index.ts'
import { findRedisProgram } from './find-redis.ts'
import { goneWithin } from './leftover.ts'
import type { FindRedisInit } from './redis-program.ts'

export interface PreparedRedis {
  readonly url: string
  readonly description: string
  /** The server to run; undefined when somebody else runs it. */
  readonly process?: ProcessPlan
}

export interface RedisInit extends FindRedisInit {
  readonly dataDir: string
  /** REDIS_URL, where given. */
  readonly redisUrl?: string | undefined
  /** Where ours listened at the last start. */
  readonly lastPort: number | undefined
  readonly takePort: () => Promise<number>
  readonly password: string
}

const stopTimeoutMs = 10_000

/** Makes everything ready for the server to start; stops one that a dead launcher left on this data. */
export const prepareRedis = async (init: RedisInit): Promise<PreparedRedis> => {
  if (init.redisUrl !== undefined) return { url: init.redisUrl, description: 'Redis of REDIS_URL' }
  const program = await findRedisProgram(init)
  const folder = join(init.dataDir, 'redis')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (init.lastPort !== undefined) await stopLeftoverRedis({ port: init.lastPort, password: init.password })
  const port = await init.takePort()
  const url = urlOf(port, init.password)
  await writeFile(join(folder, 'redis.conf'), configuration(port, init.password, folder), { mode: 0o600 })
  return {
    url,
    description: `${program.description}, data in ${folder}`,
    process: {
      name: 'redis',
      command: program.command,
      args: program.argsFor({ folder, port }),
      cwd: folder,
      env: { PATH: init.path, ...program.env },
      noticesOurEnd: false,
      isReady: () =>
        withRedis(url, redis => redis.ping()).then(
          answer => answer === 'PONG',
          () => false,
        ),
      stopSignal: 'SIGTERM',
      stopTimeoutMs,
    },
  }
}

const urlOf = (port: number, password: string): string =>
  `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`

const configuration = (port: number, password: string, folder: string): string =>
  [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${folder}"`,
    'daemonize no',
    'save ""',
    'appendonly yes',
    'appendfsync everysec',
    'maxmemory-policy noeviction',
    '',
  ].join('\n')

const withRedis = async <T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> => {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 1_000,
    commandTimeout: 1_000,
  })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}

/** One that knows our password on our port is ours: two servers must never append to one file. */
export const stopLeftoverRedis = async ({
  port,
  password,
}: {
  readonly port: number
  readonly password: string
}): Promise<void> => {
  const url = urlOf(port, password)
  const info = await withRedis(url, redis => redis.info('server')).catch(() => '')
  const pid = Number(/^process_id:(\d+)/m.exec(info)?.[1])
  if (!pid) return
  await withRedis(url, redis => redis.shutdown()).catch(() => undefined)
  await goneWithin(pid, stopTimeoutMs)
}
