/**
 * The secrets of a development suite, all derived from one seed that is kept in the data folder. On a given
 * database with a password the first seed comes from that password: two folders on one database then agree on the
 * roles' passwords and on the keys that seal what is stored there.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { type DataFolder, parseJsonFile } from './data-folder.ts'
import type { DatabaseService } from './services.ts'

const stored = z.object({ seed: z.string().regex(/^[0-9a-f]{64}$/) })

export interface Secrets {
  readonly postgresPassword: string
  readonly redisPassword: string
  readonly rolePassword: (service: DatabaseService) => string
  /** 32 bytes in base64. */
  readonly keyEncryptionKey: string
  /** 32 bytes in base64. */
  readonly factorEncryptionKey: string
  /** 32 bytes in base64. */
  readonly mailSealingKey: string
  /** Of the client of the command line. */
  readonly adminClientSecret: string
  readonly demoClientSecret: string
  /** Ours at the demo provider. */
  readonly demoProviderSecret: string
  /** Both within the password policy. */
  readonly adminPassword: string
  readonly demoPassword: string
}

export const loadSecrets = async (folder: DataFolder, databaseUrl: string | undefined): Promise<Secrets> => {
  const text = await readFile(folder.at('secrets.json'), 'utf8').catch(() => '')
  const kept = stored.safeParse(parseJsonFile(text))
  if (kept.success) return derive(kept.data.seed)
  const seed = firstSeed(databaseUrl)
  await folder.write('secrets.json', { seed })
  return derive(seed)
}

const firstSeed = (databaseUrl: string | undefined): string => {
  const password = databaseUrl === undefined ? '' : new URL(databaseUrl).password
  return password === ''
    ? randomBytes(32).toString('hex')
    : createHash('sha256').update(`latchkey development\0${password}`).digest('hex')
}

const derive = (seed: string): Secrets => {
  const bytes = (purpose: string): Buffer =>
    createHmac('sha256', Buffer.from(seed, 'hex')).update(purpose).digest()
  return {
    postgresPassword: bytes('postgres').toString('base64url'),
    redisPassword: bytes('redis').toString('base64url'),
    rolePassword: service => bytes(`role ${service}`).toString('base64url'),
    keyEncryptionKey: bytes('key encryption').toString('base64'),
    factorEncryptionKey: bytes('factor encryption').toString('base64'),
    mailSealingKey: bytes('mail sealing').toString('base64'),
    adminClientSecret: `lks_${bytes('admin client').toString('base64url')}`,
    demoClientSecret: `lks_${bytes('demo client').toString('base64url')}`,
    demoProviderSecret: bytes('demo provider').toString('base64url'),
    adminPassword: `Admin.${bytes('admin user').toString('hex').slice(0, 12)}`,
    demoPassword: `Demo.${bytes('demo user').toString('hex').slice(0, 12)}`,
  }
}
