/** Everything that a suite leaves behind, as text that can be searched. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { call } from './call.ts'
import { withPostgres } from './postgres.ts'
import type { Suite } from './suite.ts'

export interface Haystack {
  readonly where: string
  readonly text: string
}

export const logsOf = async ({ dataDir }: Suite): Promise<readonly Haystack[]> => {
  const folder = join(dataDir, 'logs')
  const names = await readdir(folder)
  return Promise.all(
    names.map(async name => ({ where: name, text: await readFile(join(folder, name), 'utf8') })),
  )
}

export const metricsOf = async ({ metrics }: Suite): Promise<readonly Haystack[]> => [
  { where: 'metrics', text: (await call(metrics, 'GET', new URL(metrics).pathname)).text },
]

/** Each row of each table, bytes as hexadecimal digits. */
export const postgresOf = ({ database_url }: Suite): Promise<readonly Haystack[]> =>
  withPostgres(database_url, async client => {
    const tables = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname LIKE 'latchkey%'`,
    )
    const haystacks: Haystack[] = []
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ text: string }>(`SELECT row::text AS text FROM ${name} AS row`)
      haystacks.push({ where: name, text: rows.map(({ text }) => text).join('\n') })
    }
    return haystacks
  })

export interface RedisWitness {
  /** All that was sent to Redis since, keys and values, jobs of queues included. */
  readonly heard: () => readonly Haystack[]
  readonly close: () => void
}

/** Listens to every command from now on: what is written and gone a moment later is heard too. */
export const witnessRedis = async ({ redis_url }: Suite): Promise<RedisWitness> => {
  const redis = new Redis(redis_url)
  const monitor = await redis.monitor()
  const commands: string[] = []
  monitor.on('monitor', (_time: string, args: string[]) => commands.push(args.join(' ')))
  return {
    heard: () => [{ where: 'redis', text: commands.join('\n') }],
    close: () => {
      monitor.disconnect()
      redis.disconnect()
    },
  }
}

/** How a secret may be spelled where it was written down. */
const spellings = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
]

/** `<secret> in <where>` for each secret that is found, however it is spelled. */
export const findSecrets = (
  secrets: Readonly<Record<string, string>>,
  haystacks: readonly Haystack[],
): readonly string[] =>
  Object.entries(secrets).flatMap(([name, secret]) =>
    haystacks
      .filter(({ text }) => spellings(secret).some(spelling => text.includes(spelling)))
      .map(({ where }) => `${name} in ${where}`),
  )
