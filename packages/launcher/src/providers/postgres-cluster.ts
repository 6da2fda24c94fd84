/** The files of the embedded Postgres: where they lie, how they are made, and whose they are. */
import { createHash } from 'node:crypto'
import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Account, canReach } from './account.ts'
import { exists } from './exists.ts'
import { type PostgresPrograms, sharedRoot } from './postgres-programs.ts'
import { runCommand } from './run-command.ts'

/** The cluster's folder: in the data folder, or where the account can reach it. */
export const clusterFolder = async (dataDir: string, account: Account | undefined): Promise<string> => {
  if (account === undefined || (await canReach(account, dataDir))) return join(dataDir, 'postgres')
  return join(sharedFolder(dataDir), 'postgres')
}

/** A place outside the data folder that names the folder it belongs to, so that an orphan is known as one. */
const sharedFolder = (dataDir: string): string =>
  join(sharedRoot, createHash('sha256').update(dataDir).digest('hex').slice(0, 12))

const ownerFile = 'data-folder'

/** Makes what the cluster's folder lies in, where that is not the data folder itself; passable whatever our umask. */
export const ensureParent = async (folder: string, dataDir: string): Promise<void> => {
  const parent = dirname(folder)
  if (parent === dataDir) return
  await mkdir(parent, { recursive: true })
  await chmod(sharedRoot, 0o755)
  await chmod(parent, 0o755)
  await writeFile(join(parent, ownerFile), dataDir)
}

/** Removes the cluster, and what it lay in outside the data folder. */
export const removeCluster = async (folder: string, dataDir: string): Promise<void> => {
  const parent = dirname(folder)
  await rm(parent === dataDir ? folder : parent, { recursive: true, force: true })
}

/** Clusters outside data folders that are gone by now; one that still runs is left alone. */
export const removeOrphans = async (): Promise<void> => {
  for (const name of await readdir(sharedRoot).catch(() => [])) {
    const parent = join(sharedRoot, name)
    const dataDir = await readFile(join(parent, ownerFile), 'utf8').catch(() => undefined)
    if (dataDir === undefined || (await exists(dataDir))) continue
    if (!(await exists(join(parent, 'postgres/postmaster.pid'))))
      await rm(parent, { recursive: true, force: true })
  }
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
