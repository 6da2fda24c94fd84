import { createPublicKey, X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { initCommand } from '../commands/init.ts'
import { runCli } from '../run-cli.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'latchkey-init-'))
})
afterEach(() => rm(dir, { recursive: true }))

const init = async (env: Record<string, string> = {}, ...words: string[]) => {
  const said: string[] = []
  const code = await runCli({
    commands: [initCommand],
    words: ['init', '--dir', dir, ...words],
    env,
    out: text => said.push(text),
    err: text => said.push(text),
  })
  return { code, said: said.join('\n') }
}

const read = (path: string): Promise<string> => readFile(join(dir, path), 'utf8')

const everything = async (): Promise<Record<string, string>> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return Object.fromEntries(
    await Promise.all(files.map(async file => [file, await readFile(file, 'utf8')] as const)),
  )
}

const modeOf = async (path: string): Promise<string> =>
  ((await stat(join(dir, path))).mode & 0o777).toString(8)

describe('latchkey init', () => {
  it('makes once what is random, and changes nothing the next time', async () => {
    expect((await init()).code).toBe(0)
    const first = await everything()
    expect((await init()).said).toMatch(/every secret is there already\n.*no folder has changed/)
    expect(await everything()).toEqual(first)
  })

  it('gives every deployment secrets of its own, long enough that nobody guesses them', async () => {
    await init()
    const secrets = Object.entries(await everything()).filter(([path]) => path.includes('/setup/secrets/'))
    const values = secrets.map(([, value]) => value)
    expect(new Set(values).size).toBe(10)
    for (const value of values) expect(Buffer.from(value, 'base64url')).toHaveLength(32)
  })

  it('says what it made, and never a secret', async () => {
    const { said } = await init()
    expect(said).toContain('key-encryption-key')
    const { said: json } = await init({}, '--output', 'json')
    for (const [path, value] of Object.entries(await everything())) {
      if (path.endsWith('.crt') || path.endsWith('.conf')) continue
      expect(said).not.toContain(value.trim())
      expect(json).not.toContain(value.trim())
    }
  })

  it('gives a process what it needs and nothing that belongs to another', async () => {
    await init()
    const names = async (folder: string) => (await readdir(join(dir, folder))).toSorted()
    const tls = ['ca.crt', 'tls.crt', 'tls.key']
    expect(await names('gateway')).toEqual(['ca.crt', 'redis-url', 'tls.crt', 'tls.key'])
    expect(await names('token')).toEqual(
      [...tls, 'admin-client-secret', 'database-url', 'key-encryption-key', 'redis-url'].toSorted(),
    )
    expect(await names('notification-worker')).toEqual(['database-url', 'mail-sealing-key', 'redis-url'])
    expect(await read('identity/mail-sealing-key')).toBe(await read('notification-worker/mail-sealing-key'))
    expect(await read('token/database-url')).toMatch(
      /^postgresql:\/\/latchkey_token:[\w-]{43}@postgres:5432\/latchkey$/,
    )
    expect(await read('token/database-url')).toBe(await read('migrate/token-database-url'))
  })

  it('certifies each service by its name, with a key that fits', async () => {
    await init()
    const certificate = new X509Certificate(await read('token/tls.crt'))
    expect(certificate.subjectAltName).toContain('URI:spiffe://latchkey/token')
    expect(certificate.verify(new X509Certificate(await read('token/ca.crt')).publicKey)).toBe(true)
    const ofKey = createPublicKey(await read('token/tls.key')).export({ type: 'spki', format: 'pem' })
    expect(certificate.publicKey.export({ type: 'spki', format: 'pem' })).toEqual(ofKey)
  })

  it('closes folders to all but their owner, except those that stores read as users of their own', async () => {
    await init()
    expect(await modeOf('token')).toBe('700')
    expect(await modeOf('token/key-encryption-key')).toBe('600')
    expect(await modeOf('setup/secrets/key-encryption-key')).toBe('600')
    expect(await modeOf('postgres')).toBe('755')
    expect(await modeOf('postgres/password')).toBe('644')
    expect(await modeOf('redis/redis.conf')).toBe('644')
  })

  it('makes a lost folder again as it was, from what setup keeps', async () => {
    await init()
    const before = await everything()
    await rm(join(dir, 'identity'), { recursive: true })
    await init()
    expect(await everything()).toEqual(before)
  })

  it('replaces a secret whose file was deleted, wherever it is used', async () => {
    await init()
    const before = await read('redis/password')
    await rm(join(dir, 'setup/secrets/redis-password'))
    expect((await init()).said).toContain('made redis-password')
    const after = await read('redis/password')
    expect(after).not.toBe(before)
    expect(await read('redis/redis.conf')).toBe(`requirepass ${after}\n`)
    expect(await read('session/redis-url')).toBe(`redis://:${after}@redis:6379/0`)
  })

  it('follows stores of your own, with the parameters of their URLs', async () => {
    await init()
    await init({
      DATABASE_ADMIN_URL: 'postgresql://boss:p%40ss@db.example.com:6432/auth?sslmode=verify-full',
      REDIS_URL: 'rediss://:word@cache.example.com:6380/2',
    })
    expect(await read('migrate/database-admin-url')).toContain('boss:p%40ss@db.example.com')
    expect(await read('session/database-url')).toMatch(
      /^postgresql:\/\/latchkey_session:[\w-]{43}@db\.example\.com:6432\/auth\?sslmode=verify-full$/,
    )
    expect(await read('gateway/redis-url')).toBe('rediss://:word@cache.example.com:6380/2')
  })

  it('needs a folder', async () => {
    const code = await runCli({
      commands: [initCommand],
      words: ['init'],
      env: {},
      out: () => undefined,
      err: () => undefined,
    })
    expect(code).toBe(2)
  })
})
