import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { describeSettings, loadSettings } from '@latchkey/runtime/settings'
import {
  composeFile,
  environmentOf,
  readComposeFile,
  root,
  settingsShapes,
  withDefaults,
} from '../src/compose-file.ts'

const run = promisify(execFile)

const file = await readComposeFile()
const { services, service } = file
const shapes = await settingsShapes()
const dockerfile = await readFile(join(root, 'deploy/docker/Dockerfile'), 'utf8')

/** What the file settles by itself: inside a container there is nothing to choose. */
const settled = ['BIND_ADDRESS', 'MANAGEMENT_PORT', 'HTTP_PORT', 'GRPC_PORT', 'PORT']

const healthy = { condition: 'service_healthy' }
const completed = { condition: 'service_completed_successfully' }

let made = ''
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'latchkey-compose-'))
  const words = [join(root, 'packages/cli/src/main.ts'), 'init', '--dir', made]
  await run(process.execPath, words, { env: { PATH: process.env.PATH } })
})
afterAll(() => rm(made, { recursive: true }))

describe.each(Object.entries(shapes))('docker-compose.yml: %s', (name, shape) => {
  const { environment = {}, ...container } = service(name)

  it('has every setting that it needs, and nothing is wrong with any', () => {
    expect(() => loadSettings(shape, environmentOf(file, name, made))).not.toThrow()
  })

  it('names only settings that exist, and lets every optional one through', () => {
    const rows = describeSettings(shape)
    const namesOf = (row: (typeof rows)[number]) => (row.secret ? [row.name, `${row.name}_FILE`] : [row.name])
    // OpenTelemetry reads variables of its own.
    const given = Object.keys(environment).filter(name => !name.startsWith('OTEL_'))
    const unknown = given.filter(name => !rows.some(row => namesOf(row).includes(name)))
    const unreachable = rows.filter(
      row => !settled.includes(row.name) && !namesOf(row).some(name => name in environment),
    )
    expect(unknown).toEqual([])
    expect(unreachable.map(row => row.name)).toEqual([])
  })

  it('takes every secret from a file or from outside, none from the text', () => {
    const secrets = describeSettings(shape).filter(row => row.secret)
    expect(secrets.filter(row => (environment[row.name] ?? null) !== null)).toEqual([])
  })

  it('runs after the migrations, says whether it is ready, comes back, and has time to finish', () => {
    expect(container.depends_on).toEqual({ migrate: completed })
    expect(container.healthcheck?.test).toEqual(['CMD', 'node', '/app/deploy/docker/ready.mjs'])
    expect(container.restart).toBe('unless-stopped')
    expect(container.stop_grace_period).toBe('30s')
  })

  it('runs a program that is there', () => {
    const { working_dir = '', command = [] } = container
    expect(command.slice(0, 3)).toEqual(['node', '--import', '@latchkey/runtime/telemetry'])
    expect(existsSync(join(working_dir.replace('/app', root), command[3] ?? 'nothing'))).toBe(true)
  })
})

describe('docker-compose.yml', () => {
  it('holds no password and no key', () => {
    expect(file.text).not.toMatch(/:\/\/[^/\s]*:[^/\s]*@/)
    const secretLooking = Object.values(services)
      .flatMap(({ environment = {} }) => Object.entries(environment))
      .filter(
        ([name, value]) => /PASSWORD|_KEY|ADMIN_URL|DATABASE_URL|REDIS_URL/.test(name) && value !== null,
      )
    expect(
      secretLooking.filter(([name, value]) => !/_FILE$/.test(name) || !value?.startsWith('/run/')),
    ).toEqual([])
  })

  it('gives every process and every store the secrets of its own folder alone', () => {
    const mounted = Object.entries(services).flatMap(([name, { volumes = [] }]) =>
      name === 'setup'
        ? []
        : volumes.filter(mount => mount.includes('/run/')).map(mount => ({ name, mount })),
    )
    expect(mounted).toHaveLength(10)
    expect(mounted.filter(({ name, mount }) => mount !== `${name}-secrets:/run/latchkey:ro`)).toEqual([])
  })

  it('finds every secret file that it names among those that latchkey init makes', () => {
    const named = Object.keys(services).flatMap(name =>
      Object.entries(environmentOf(file, name, made)).filter(([setting]) => setting.endsWith('_FILE')),
    )
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter(([, path]) => !existsSync(path))).toEqual([])
  })

  it('prepares, then starts the stores, then migrates', () => {
    expect(service('migrate').depends_on).toEqual({ setup: completed, postgres: healthy, redis: healthy })
    for (const store of ['postgres', 'redis']) {
      expect(service(store).depends_on).toEqual({ setup: completed })
      expect(service(store).healthcheck).toBeDefined()
    }
  })

  it('keeps Redis from evicting and from forgetting', () => {
    const command = service('redis').command?.join(' ')
    expect(command).toContain('--maxmemory-policy noeviction')
    expect(command).toContain('--appendonly yes')
  })

  it('publishes the gateway, and Mailpit to this machine only', () => {
    const published = Object.entries(services).flatMap(([name, { ports = [] }]) =>
      ports.map(port => [name, withDefaults(port)]),
    )
    expect(published).toEqual([
      ['gateway', '8080:8080'],
      ['mailpit', '127.0.0.1:8025:8025'],
    ])
  })

  it.each(Object.entries(services))(
    '%s is not root, writes to no file of its image, gains no privilege',
    (_, each) => {
      expect(each.read_only).toBe(true)
      expect(each.cap_drop).toEqual(['ALL'])
      expect(each.security_opt).toEqual(['no-new-privileges:true'])
      if (each.image.includes('/latchkey:') || each.image.startsWith('${LATCHKEY_IMAGE'))
        expect(dockerfile.match(/^USER .*$/gm)?.at(-1)).toBe('USER node')
      else expect(each.user).toMatch(/^(postgres|redis|1000:1000)$/)
    },
  )

  it('declares the volumes that it mounts, and no others', () => {
    const mounted = Object.values(services).flatMap(({ volumes = [] }) =>
      volumes.map(mount => mount.split(':')[0]),
    )
    expect([...new Set(mounted)].toSorted()).toEqual(Object.keys(file.volumes).toSorted())
  })

  const isComposeHere = spawnSync('docker-compose', ['--version']).status === 0
  const whereComposeIs = isComposeHere ? it : it.skip
  whereComposeIs('is understood by the docker-compose of this machine', async () => {
    const { stdout } = await run('docker-compose', ['--file', composeFile, 'config', '--services'])
    expect(stdout.trim().split('\n').toSorted()).toEqual(Object.keys(services).toSorted())
  })
})

describe('deploy/docker/Dockerfile', () => {
  it('has the Node of .nvmrc and the pnpm of package.json', async () => {
    const node = (await readFile(join(root, '.nvmrc'), 'utf8')).trim()
    const { packageManager } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    expect(dockerfile).toContain(`ARG NODE_VERSION=${node}\n`)
    expect(`pnpm@${/ARG PNPM_VERSION=(\S+)/.exec(dockerfile)?.[1]}`).toBe(packageManager)
  })

  it('makes each folder that setup writes to, so that a new volume belongs to the user of the image', () => {
    const filled = (service('setup').volumes ?? []).map(mount => mount.split(':')[1] ?? '')
    expect(filled.length).toBeGreaterThan(8)
    const made = /RUN ln -s[\s\S]*?\nUSER node/.exec(dockerfile)?.[0].split(/\s+/) ?? []
    expect(filled.filter(folder => !made.includes(folder))).toEqual([])
  })
})
