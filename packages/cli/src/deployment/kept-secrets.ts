/**
 * The random secrets of a deployment, a file each, made once and kept: what is lost here is lost for good. To
 * replace one, delete its file.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { DatabaseService } from '../services.ts'
import { readFileIfThere, replaceFile } from './files.ts'

const bytes = 32

/** Safe in URLs and in the configuration of Redis as they are. */
const password = (): string => randomBytes(bytes).toString('base64url')
const key = (): string => randomBytes(bytes).toString('base64')

const generators = {
  'postgres-password': password,
  'redis-password': password,
  'identity-database-password': password,
  'token-database-password': password,
  'session-database-password': password,
  'notification-database-password': password,
  'admin-client-secret': password,
  'key-encryption-key': key,
  'factor-encryption-key': key,
  'mail-sealing-key': key,
} satisfies Record<string, () => string>

export type SecretName = keyof typeof generators

export type Secrets = Readonly<Record<SecretName, string>>

export const passwordOf = (service: DatabaseService): SecretName => `${service}-database-password`

/** Reads the secrets in `dir` and makes those that are missing, readable by their owner alone. */
export const keepSecrets = async (
  dir: string,
): Promise<{ secrets: Secrets; made: readonly SecretName[] }> => {
  const made: SecretName[] = []
  const keep = async (name: SecretName): Promise<string> => {
    const path = join(dir, name)
    const kept = (await readFileIfThere(path))?.trim()
    if (kept) return kept
    const fresh = generators[name]()
    await replaceFile(path, fresh, 0o600)
    made.push(name)
    return fresh
  }
  const entries = await Promise.all(secretNames.map(async name => [name, await keep(name)] as const))
  return { secrets: Object.fromEntries(entries) as Secrets, made: made.sort() }
}

const secretNames = Object.keys(generators) as SecretName[]
