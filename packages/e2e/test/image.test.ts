import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Mailbox, startMailbox } from '@latchkey/launcher/mailbox'
import type { SupervisedProcess } from '@latchkey/launcher/processes'
import {
  createTestDatabase,
  freePort,
  startRedis,
  type TestDatabase,
  type TestRedis,
} from '@latchkey/testkit'
import { containerEnvironment, readComposeFile } from '../src/compose-file.ts'
import { createImageContainer } from '../src/image-container.ts'
import { requestReset } from '../src/mails.ts'
import { aPerson, createDevice } from '../src/person.ts'

/** Set by deploy/docker/verify.sh, which has built the image before. */
const buildah = process.env.LATCHKEY_IMAGE_CONTAINER
const whereTheImageIs = buildah === undefined || buildah === '' ? describe.skip : describe

const nodeUser = 1000
const names = ['token', 'session', 'notification', 'notification-worker', 'identity', 'gateway'] as const
const portNames = ['PORT', 'HTTP_PORT', 'GRPC_PORT', 'MANAGEMENT_PORT'] as const

type Ports = Readonly<Record<(typeof portNames)[number], number>>

whereTheImageIs(
  'the image, with the settings of docker-compose.yml (run it by deploy/docker/verify.sh)',
  () => {
    const image = createImageContainer((buildah ?? '').split(' '))
    const lines: string[] = []
    const started: SupervisedProcess[] = []
    let database: TestDatabase
    let redis: TestRedis
    let mailbox: Mailbox
    let folder: string
    const ports = new Map<string, Ports>()

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'latchkey-image-'))
      await chown(folder, nodeUser, nodeUser)
      database = await createTestDatabase()
      redis = await startRedis({ appendOnly: true })
      mailbox = await startMailbox({ webPort: await freePort(), smtpPort: await freePort() })
      for (const name of names) {
        const [PORT, HTTP_PORT, GRPC_PORT, MANAGEMENT_PORT] = [
          await freePort(),
          await freePort(),
          await freePort(),
          await freePort(),
        ]
        ports.set(name, { PORT, HTTP_PORT, GRPC_PORT, MANAGEMENT_PORT })
      }
    })

    afterAll(async () => {
      for (const process of started.toReversed()) await process.stop()
      await Promise.all([mailbox?.close(), redis?.close(), database?.drop()])
      await rm(folder, { recursive: true, force: true })
    })

    const portsOf = (name: string): Ports => {
      const found = ports.get(name)
      if (found === undefined) throw new Error(`${name} has no ports`)
      return found
    }

    /** Every container has this machine's network here, so names and ports of compose become ports of ours. */
    const onThisMachine = (value: string): string =>
      value
        .replaceAll(/\/\/([a-z-]+):8443/g, (_, name: string) => `//localhost:${portsOf(name).HTTP_PORT}`)
        .replaceAll(/\/([a-z-]+):9443/g, (_, name: string) => `/localhost:${portsOf(name).GRPC_PORT}`)
        .replace('http://localhost:8080', `http://localhost:${portsOf('gateway').PORT}`)

    const gateway = (): string => `http://localhost:${portsOf('gateway').PORT}`

    it('makes its secrets, then its schemas, twice as well as once', async () => {
      const stores = { DATABASE_ADMIN_URL: database.url, REDIS_URL: redis.url }
      const init = {
        command: ['latchkey', 'init', '--dir', '/latchkey'],
        env: stores,
        mounts: { '/latchkey': folder },
      }
      expect(await image.run(init)).toContain('made identity-database-password')
      expect(await image.run(init)).toContain('every secret is there already')

      const file = await readComposeFile()
      const migrate = {
        command: file.service('migrate').command ?? [],
        env: containerEnvironment(file, 'migrate'),
        mounts: { '/run/latchkey': `${folder}/migrate` },
      }
      expect(await image.run(migrate)).toMatch(/each with a role of its own\n[\s\S]*token: applied/)
      expect(await image.run(migrate)).toContain('token: up to date')
    })

    it('boots every process until it is ready', async () => {
      const file = await readComposeFile()
      for (const name of names) {
        const { command = [], working_dir: workingDir } = file.service(name)
        const given = Object.entries(containerEnvironment(file, name))
        const own = Object.entries(portsOf(name)).map(([setting, port]) => [setting, String(port)])
        const env = {
          ...Object.fromEntries([
            ...given.map(([setting, value]) => [setting, onThisMachine(value)]),
            ...own,
          ]),
          BIND_ADDRESS: '127.0.0.1',
          SMTP_URL: mailbox.smtpUrl,
        }
        const mounts = { '/run/latchkey': `${folder}/${name}` }
        const run = { command, workingDir, env, mounts }
        const process = image.process(name, run, portsOf(name).MANAGEMENT_PORT, lines)
        started.push(process)
        await process.start()
      }
      expect(started).toHaveLength(names.length)
    })

    it('registers a user, signs them in, refreshes, mails a reset, and signs them out for good', async () => {
      const person = aPerson()
      const device = createDevice({ gateway: gateway() })
      await device.register(person)
      const tokens = await device.refresh((await device.signIn(person)).refresh_token)
      const { mail } = await requestReset({ gateway: gateway(), mailbox: mailbox.url }, person.email)
      expect(mail.links.some(link => link.startsWith(`${gateway()}/reset-password?token=`))).toBe(true)
      expect((await device.send('POST', '/auth/logout', { bearer: tokens.access_token })).status).toBe(204)
      expect((await device.send('GET', '/auth/sessions', { bearer: tokens.access_token })).status).toBe(401)
    })

    it('loses no process on the way, and logs no error', () => {
      expect(lines.filter(line => line.includes(' died: ') || line.includes('"level":"ERROR"'))).toEqual([])
    })
  },
)
