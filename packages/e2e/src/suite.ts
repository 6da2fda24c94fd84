/**
 * A whole suite for end-to-end tests: the real processes of `npm start` on a database and a Redis of their own,
 * reached as users reach it. Journeys share one suite; what needs other settings starts its own.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, type Stack, type StackInfo, startStack } from '@latchkey/launcher/stack'
import { createTestDatabase, oneStartAtATime, startRedis } from '@latchkey/testkit'
import { dropRoles, rolesIn } from './postgres-roles.ts'

export interface Suite extends StackInfo {
  /** Where `logs/` is. */
  readonly dataDir: string
}

export interface OwnSuite extends Suite {
  readonly processes: Stack['processes']
  /** Stops everything but leaves the stores and the logs to be read. */
  readonly stopProcesses: () => Promise<void>
  /** Stops everything and leaves nothing. */
  readonly stop: () => Promise<void>
}

export interface SuiteOptions {
  readonly settings?: Readonly<Record<string, string>>
  readonly replicas?: Parameters<typeof startStack>[0]['replicas']
}

/** For journeys whose subject the limits are not. */
export const withoutLimits = { RATE_LIMIT_ALLOWLIST: '127.0.0.0/8' }

/** The origin whose pages may read answers of the shared suite. */
export const appOrigin = 'https://app.example.com'

export const startSuite = (options: SuiteOptions = {}): Promise<OwnSuite> =>
  oneStartAtATime(() => startOwnSuite(options))

const startOwnSuite = async ({ settings = {}, replicas = {} }: SuiteOptions): Promise<OwnSuite> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-e2e-'))
  const database = await createTestDatabase()
  const redis = await startRedis()
  const stopStores = async (): Promise<void> => {
    await redis.close()
    const roles = await rolesIn(database.url)
    await database.drop()
    await dropRoles(roles)
    await rm(dataDir, { recursive: true, force: true })
  }
  const starting = startStack({
    dataDir,
    port: 0,
    replicas,
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      // Code that earlier suites compiled: half the time of a start.
      NODE_COMPILE_CACHE: join(root, '.toolchain/compiled'),
      // Twenty passwords at once take their time on a busy machine; no service is away.
      UPSTREAM_TIMEOUT_SECONDS: '60',
      ...settings,
    },
  })
  const stack = await starting.catch(async error => {
    await stopStores()
    throw error
  })
  const stopProcesses = onlyOnce(stack.stop)
  return {
    ...stack.info(),
    dataDir,
    processes: stack.processes,
    stopProcesses,
    stop: async () => {
      await stopProcesses()
      await stopStores()
    },
  }
}

const onlyOnce = (work: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | undefined
  return () => {
    done ??= work()
    return done
  }
}

/** The suite that the run started before its first journey, or any that `npm start` runs in E2E_DATA_DIR. */
export const sharedSuite = async (): Promise<Suite> => {
  const dataDir = process.env.E2E_DATA_DIR
  if (dataDir === undefined) throw new Error('run through `npm test`, or name the folder of a running suite')
  const info: StackInfo = JSON.parse(await readFile(join(dataDir, 'stack.json'), 'utf8'))
  return { ...info, dataDir }
}
