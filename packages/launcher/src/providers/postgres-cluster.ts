/** The files of the embedded Postgres: where they lie, how they are made, and whose they are. */
import { createHash } from 'node:crypto'
import { chmod, chown, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Account, canReach } from './account.ts'
import { exists } from './exists.ts'
import { type PostgresPrograms, sharedRoot } from './postgres-programs.ts'
import { runCommand } from './run-command.ts'

/** The cluster's folder: in the data folder, or where the account can reach it. */
export const clusterFolder = async (dataDir: string, account: Account | undefined): Promise<string> => {
  if (account === undefined || (await canReach(account, dataDir))) return join(dataDir, 'postgres')
  return join(sharedRoot, createHash('sha256').update(dataDir).digest('hex').slice(0, 12), 'postgres')
}

export interface ClusterInit {
  readonly folder: string
  readonly programs: PostgresPrograms
  readonly account: Account | undefined
  readonly password: string
}

/** Makes the cluster unless it is there already; an interrupted attempt leaves nothing that counts. */
export const ensureCluster = async ({ folder, programs, account, password }: ClusterInit): Promise<void> => {
  if (await exists(join(folder, 'PG_VERSION'))) return
  const draft = `${folder}.new`
  const passwordFile = `${folder}.password`
  await makePassable(dirname(folder))
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  try {
    await writeFile(passwordFile, password, { mode: 0o600 })
    if (account !== undefined) {
      await chown(draft, account.uid, account.gid)
      await chown(passwordFile, account.uid, account.gid)
    }
    await runCommand(
      programs.initdb,
      [
        `--pgdata=${draft}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--no-sync',
      ],
      { cwd: '/', ...account },
    )
  } finally {
    await rm(passwordFile, { force: true })
  }
  await rm(folder, { recursive: true, force: true })
  await rename(draft, folder)
}

/** A folder that the account can pass through to its own, whatever our umask is. The data folder is that already. */
const makePassable = async (folder: string): Promise<void> => {
  if (await exists(folder)) return
  await mkdir(folder, { recursive: true })
  await chmod(dirname(folder), 0o755)
  await chmod(folder, 0o755)
}
