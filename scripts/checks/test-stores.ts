/** The Postgres and the Redis program that tests use: given ones, else those that `npm start` would take. */
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createProcess, freePort, type ProcessEvents } from '@latchkey/launcher/processes'
import { findRedisProgram, preparePostgres, removePostgres } from '@latchkey/launcher/providers'
import { root } from '@latchkey/launcher/stack'

export interface TestStores {
  /** A superuser, who may make databases. */
  readonly databaseUrl: string
  /** For the processes that run tests. */
  readonly env: Readonly<Record<string, string>>
  /** For what the run itself leaves behind; removed afterwards. */
  readonly folder: string
  /** Aborts with Ctrl-C: ends what runs now and everything after it. */
  readonly signal: AbortSignal
}

/** Runs `work` with stores of its own, and stops them whatever happens, Ctrl-C included. */
export const withTestStores = async <T>(work: (stores: TestStores) => Promise<T>): Promise<T> => {
  const parent = join(root, '.toolchain/tmp')
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, 'test-'))
  // Where we are root, Postgres runs as somebody else, who must be able to pass through.
  await chmod(folder, 0o755)
  const postgres = await startPostgres(folder)
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort())
  try {
    const env = { TEST_DATABASE_URL: postgres.url, TEST_REDIS_SERVER: await redisProgram(folder) }
    return await work({ databaseUrl: postgres.url, env, folder, signal: interruption.signal })
  } finally {
    await postgres.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const silent: ProcessEvents = { onLine: () => undefined, onPid: () => undefined, onDeath: () => undefined }

const startPostgres = async (dataDir: string): Promise<{ url: string; close: () => Promise<void> }> => {
  const given = process.env.TEST_DATABASE_URL
  if (given) return { url: given, close: async () => undefined }
  const password = randomBytes(16).toString('hex')
  const prepared = await preparePostgres({ dataDir, port: await freePort(), password, durable: false })
  if (prepared.process === undefined) throw new Error('without a URL, Postgres is our own')
  const server = createProcess(prepared.process, silent)
  await server.start()
  await prepared.ensureDatabase()
  return {
    url: prepared.adminUrl,
    close: async () => {
      await server.stop()
      await removePostgres({ dataDir, password })
    },
  }
}

/** One file to run, whatever libraries the program needs beside it. */
const redisProgram = async (folder: string): Promise<string> => {
  const given = process.env.TEST_REDIS_SERVER
  if (given) return given
  const { command, env } = await findRedisProgram({
    path: process.env.PATH ?? '',
    unpackFolder: join(root, '.toolchain/redis'),
    say: line => void process.stdout.write(`${line}\n`),
  })
  const wrapper = join(folder, 'redis-server')
  const variables = Object.entries(env).map(([name, value]) => `export ${name}='${value}'\n`)
  await writeFile(wrapper, `#!/bin/sh\n${variables.join('')}exec '${command}' "$@"\n`, { mode: 0o755 })
  return wrapper
}
