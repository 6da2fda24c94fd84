/** Makes everything that a deployment needs before its first process starts, and keeps what is there. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDevelopmentCertificates } from '@latchkey/runtime/certificates'
import { ensureFolder, readFileIfThere, replaceFile } from './files.ts'
import { type Certificate, type Folder, foldersOf, type Service, type Stores, services } from './folders.ts'
import { keepSecrets } from './kept-secrets.ts'

export interface Prepared {
  /** Random secrets that were not there before. */
  readonly secrets: readonly string[]
  /** Files of the processes' folders that are new or were brought up to date: `token/tls.crt`. */
  readonly files: readonly string[]
}

const modes = {
  owner: { folder: 0o700, file: 0o600 },
  anybody: { folder: 0o755, file: 0o644 },
} as const

/**
 * `dir/setup` holds what must be kept: the random secrets, the authority and its certificates. Beside it lies a
 * folder for each process. A certificate with less than 30 days left is renewed.
 */
export const prepareDeployment = async (dir: string, stores: Stores): Promise<Prepared> => {
  const setup = join(dir, 'setup')
  await ensureFolder(setup, modes.owner.folder)
  await ensureFolder(join(setup, 'secrets'), modes.owner.folder)
  const { secrets, made } = await keepSecrets(join(setup, 'secrets'))
  const certificates = await certificatesIn(join(setup, 'certificates'))

  const files: string[] = []
  for (const [name, folder] of Object.entries(foldersOf(secrets, certificates, stores))) {
    files.push(...(await writeFolder(dir, name, folder)))
  }
  return { secrets: made, files }
}

const certificatesIn = async (dir: string): Promise<Record<Service, Certificate>> => {
  const paths = await writeDevelopmentCertificates(dir, services)
  const entries = await Promise.all(
    services.map(async name => {
      const [ca, cert, key] = await Promise.all([
        readFile(paths[name].caFile, 'utf8'),
        readFile(paths[name].certFile, 'utf8'),
        readFile(paths[name].keyFile, 'utf8'),
      ])
      return [name, { ca, cert, key }] as const
    }),
  )
  return Object.fromEntries(entries) as Record<Service, Certificate>
}

const writeFolder = async (dir: string, name: string, { readers, files }: Folder): Promise<string[]> => {
  const mode = modes[readers]
  await ensureFolder(join(dir, name), mode.folder)
  const written: string[] = []
  for (const [file, text] of Object.entries(files)) {
    const path = join(dir, name, file)
    if ((await readFileIfThere(path)) === text) continue
    await replaceFile(path, text, mode.file)
    written.push(`${name}/${file}`)
  }
  return written
}
