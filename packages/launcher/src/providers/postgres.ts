/**
 * Postgres for one machine: the server of DATABASE_URL, else one of our own from npm's binaries, with its data in
 * the data folder and nothing of the system's touched.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProcessPlan } from '../processes/index.ts'
import { unprivilegedAccount } from './account.ts'
import { goneWithin, isAlive } from './leftover.ts'
import {
  clusterFolder,
  ensureCluster,
  ensureParent,
  removeCluster,
  removeOrphans,
} from './postgres-cluster.ts'
import { answersQueries, ensureDatabase, withConnection } from './postgres-connection.ts'
import { postgresPrograms } from './postgres-programs.ts'

export interface PreparedPostgres {
  /** A superuser, or whoever DATABASE_URL names. */
  readonly adminUrl: string
  /** What was chosen, in words. */
  readonly description: string
  /** The server to run; undefined when somebody else runs it. */
  readonly process?: ProcessPlan
  /** Where its data lies, when it is ours. */
  readonly folder?: string
  /** Makes the database; to be called once the server is ready. */
  readonly ensureDatabase: () => Promise<void>
}

export interface PostgresInit {
  readonly dataDir: string
  /** DATABASE_URL, where given. */
  readonly databaseUrl?: string | undefined
  readonly port: number
  readonly password: string
  /** Whether what is committed survives a crash of the machine; true by default, false for tests. */
  readonly durable?: boolean
}

const stopTimeoutMs = 15_000

/** Enough for the pools of all services and a few replicas, within the memory of a small machine. */
const serverSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  shared_buffers: '64MB',
  logging_collector: 'off',
  // A statement that fails is told by the service that sent it.
  log_min_messages: 'fatal',
}

/** Makes everything ready for the server to start; stops one that a dead launcher left running on this data. */
export const preparePostgres = async (init: PostgresInit): Promise<PreparedPostgres> => {
  if (init.databaseUrl !== undefined) {
    return {
      adminUrl: init.databaseUrl,
      description: 'Postgres of DATABASE_URL',
      ensureDatabase: async () => undefined,
    }
  }
  const account = await unprivilegedAccount()
  const programs = await postgresPrograms(account)
  const folder = await clusterFolder(init.dataDir, account)
  const adminUrl = `postgres://postgres:${encodeURIComponent(init.password)}@127.0.0.1:${init.port}/latchkey`
  await stopLeftover(folder, init.password)
  await ensureParent(folder, init.dataDir)
  await removeOrphans()
  await ensureCluster({ folder, programs, account, password: init.password })
  const settings = Object.entries({
    ...serverSettings,
    fsync: init.durable === false ? 'off' : 'on',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return {
    adminUrl,
    description: `embedded Postgres${account === undefined ? '' : ` as ${account.name}`}, data in ${folder}`,
    folder,
    ensureDatabase: () => ensureDatabase(adminUrl),
    process: {
      name: 'postgres',
      command: programs.postgres,
      args: ['-D', folder, '-p', String(init.port), ...settings],
      cwd: '/',
      env: { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C' },
      ...(account === undefined ? {} : { account }),
      noticesOurEnd: false,
      isReady: () => answersQueries(maintenanceUrl(init.port, init.password)),
      // Fast shutdown: ends sessions, writes a checkpoint. @see PostgreSQL docs §18.5
      stopSignal: 'SIGINT',
      stopTimeoutMs,
    },
  }
}

/** Removes the data of the server of our own, having stopped it where it still ran. */
export const removePostgres = async ({
  dataDir,
  password,
}: {
  dataDir: string
  password: string
}): Promise<void> => {
  const folder = await clusterFolder(dataDir, await unprivilegedAccount())
  await stopLeftover(folder, password)
  await removeCluster(folder, dataDir)
}

const maintenanceUrl = (port: number, password: string): string =>
  `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`

/** A server on this very folder is ours when it knows our password and names the folder. */
const stopLeftover = async (folder: string, password: string): Promise<void> => {
  const lines = await readFile(join(folder, 'postmaster.pid'), 'utf8').then(
    text => text.split('\n'),
    () => [],
  )
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  if (!pid || !port || !isAlive(pid)) return
  const served = await withConnection(maintenanceUrl(port, password), client =>
    client.query<{ data_directory: string }>('SHOW data_directory'),
  ).catch(() => undefined)
  if (served?.rows[0]?.data_directory !== folder) return
  process.kill(pid, 'SIGINT')
  if (!(await goneWithin(pid, stopTimeoutMs))) process.kill(pid, 'SIGKILL')
}
