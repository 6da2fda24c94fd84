import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { freePort } from '../processes/index.ts'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import { environmentOf } from './environment.ts'
import { claimPort, gatewayUrl } from './gateway-address.ts'
import { lockInstance } from './instance-lock.ts'
import { openPortBook } from './port-book.ts'
import { grpcTarget, internalUrls, planReplicas } from './replicas.ts'
import { loadSecrets } from './secrets.ts'
import { services } from './services.ts'

let path: string
let folder: DataFolder
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'latchkey-data-'))
  folder = await openDataFolder(path)
})
afterEach(() => rm(path, { recursive: true }))

describe('the secrets of a suite', () => {
  it('stay the same at the next start, readable by their owner alone', async () => {
    const first = await loadSecrets(folder, undefined)
    expect((await loadSecrets(folder, undefined)).keyEncryptionKey).toBe(first.keyEncryptionKey)
    expect((await stat(folder.at('secrets.json'))).mode & 0o777).toBe(0o600)
    expect(Buffer.from(first.mailSealingKey, 'base64')).toHaveLength(32)
    expect(first.demoPassword).toMatch(/^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)(?=.*[.]).{8,}$/)
  })

  it('agree between two folders on one database, and differ without one', async () => {
    const other = await openDataFolder(join(path, 'other'))
    const third = await openDataFolder(join(path, 'third'))
    const url = 'postgres://owner:secret@db/latchkey'
    const [a, b] = [await loadSecrets(folder, url), await loadSecrets(other, url)]
    expect(a.rolePassword('token')).toBe(b.rolePassword('token'))
    expect(a.rolePassword('token')).not.toBe(a.rolePassword('session'))
    expect((await loadSecrets(third, undefined)).rolePassword('token')).not.toBe(a.rolePassword('token'))
  })
})

describe('the data folder', () => {
  it('forgets what is ours and nothing else', async () => {
    await folder.write('ports.json', {})
    await writeFile(join(path, 'notes.txt'), 'mine')
    await folder.clear()
    await expect(stat(folder.at('ports.json'))).rejects.toThrow()
    expect((await stat(join(path, 'notes.txt'))).size).toBe(4)
  })
})

describe('ports', () => {
  it('are those of the last start while they are free', async () => {
    const first = await openPortBook(folder)
    const [mailbox, redis] = [await first.take('mailbox'), await first.take('redis')]
    await first.save()
    const server = createServer().listen(redis, '127.0.0.1')
    const second = await openPortBook(folder)
    expect(await second.take('mailbox')).toBe(mailbox)
    expect(await second.take('redis')).not.toBe(redis)
    server.close()
  })

  it('a taken one is refused with the setting that chooses another', async () => {
    const port = await freePort()
    const server = createServer().listen(port, '127.0.0.1')
    await expect(claimPort(port, '127.0.0.1', false)).rejects.toThrow(`port ${port} is taken`)
    server.close()
  })
})

describe('one suite a folder', () => {
  it('is held by the first of many at once, and by the next one after that', async () => {
    const locks = await Promise.all(Array.from({ length: 8 }, () => lockInstance(path)))
    const held = locks.filter(lock => lock.outcome === 'locked')
    expect(held).toHaveLength(1)
    for (const lock of held) await lock.release()
    const next = await lockInstance(path)
    expect(next).toMatchObject({ outcome: 'locked', abandoned: false })
    if (next.outcome === 'locked') await next.release()
  })

  it('is taken over from a launcher that died, also when another program has its port', async () => {
    const port = await freePort()
    const stranger = createServer(socket => socket.end('hello')).listen(port, '127.0.0.1')
    await writeFile(join(path, 'launcher.lock'), JSON.stringify({ port, word: 'x' }))
    const lock = await lockInstance(path)
    expect(lock).toMatchObject({ outcome: 'locked', abandoned: true })
    if (lock.outcome === 'locked') await lock.release()
    stranger.close()
  })
})

describe('the environment of a process', () => {
  const plan = async (given: Record<string, string>, name: string) => {
    const replicas = await planReplicas({ token: 2 }, 8080, await openPortBook(folder))
    const replica = replicas.find(each => each.name === name)
    if (replica === undefined) throw new Error(`no ${name}`)
    const tls = { caFile: 'ca', certFile: 'cert', keyFile: 'key' }
    const env = environmentOf(replica, {
      given,
      replicas,
      publicUrl: 'http://localhost:8080',
      bindAddress: '127.0.0.1',
      databaseUrls: { identity: 'db-i', token: 'db-t', session: 'db-s', notification: 'db-n' },
      redisUrl: 'redis://own',
      smtpUrl: 'smtp://own',
      demoIssuer: 'http://127.0.0.1:9',
      certificates: {
        gateway: tls,
        identity: tls,
        token: tls,
        session: tls,
        notification: tls,
        'notification-worker': tls,
      },
      secrets: await loadSecrets(folder, undefined),
      compileCache: 'cache',
    })
    return { env, replicas }
  }

  it('holds a secret only where it is needed', async () => {
    for (const { name } of services) {
      const { env } = await plan({ DATABASE_URL: 'postgres://admin' }, name)
      expect([name, env.KEY_ENCRYPTION_KEY !== undefined]).toEqual([name, name === 'token'])
      expect([name, env.FACTOR_ENCRYPTION_KEY !== undefined]).toEqual([name, name === 'identity'])
      expect([name, env.MAIL_SEALING_KEY !== undefined]).toEqual([
        name,
        ['identity', 'notification-worker'].includes(name),
      ])
      expect(env.DATABASE_URL).not.toBe('postgres://admin')
    }
  })

  it('passes on what the user set, and lets it go before our defaults', async () => {
    const given = {
      CORS_ORIGINS: 'https://app.example',
      SMTP_HOST: 'mail.example',
      METRICS_PUBLIC: 'false',
      npm_lifecycle_event: 'start',
    }
    expect((await plan(given, 'gateway')).env).toMatchObject({
      CORS_ORIGINS: 'https://app.example',
      METRICS_PUBLIC: 'false',
    })
    const { env } = await plan(given, 'notification-worker')
    expect(env.SMTP_URL).toBeUndefined()
    expect(env).not.toHaveProperty('npm_lifecycle_event')
  })

  it('does not set twice what a file holds', async () => {
    const { env } = await plan({ REDIS_URL_FILE: '/run/redis', KEY_ENCRYPTION_KEY_FILE: '/run/key' }, 'token')
    expect(env.REDIS_URL_FILE).toBeUndefined()
    expect(env.KEY_ENCRYPTION_KEY).toBeUndefined()
    expect(env.KEY_ENCRYPTION_KEY_FILE).toBe('/run/key')
  })

  it('names all replicas where callers balance, and one where they do not', async () => {
    const { env, replicas } = await plan({}, 'gateway')
    expect(grpcTarget(replicas, 'token')).toMatch(/^ipv4:127\.0\.0\.1:\d+,127\.0\.0\.1:\d+$/)
    expect(grpcTarget(replicas, 'session')).toMatch(/^dns:\/\/\/localhost:\d+$/)
    expect(env.TOKEN_URL).toBe(internalUrls(replicas, 'token').join(','))
    expect((await plan({}, 'session')).env.TOKEN_URL).not.toContain(',')
  })
})

describe('the address of the gateway', () => {
  it('is localhost for every local bind, and https with a certificate', () => {
    expect(gatewayUrl(80, '0.0.0.0', {})).toBe('http://localhost:80')
    expect(gatewayUrl(443, '10.0.0.1', { PUBLIC_TLS_CERT_FILE: 'x' })).toBe('https://10.0.0.1:443')
  })
})
