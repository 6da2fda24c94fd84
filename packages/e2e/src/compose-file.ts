/** docker-compose.yml as data: what it says, and what its containers would see where no .env sets anything. */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SettingsShape } from '@latchkey/runtime/settings'
import { parse } from 'yaml'

export interface ComposeService {
  readonly image: string
  readonly command?: readonly string[]
  readonly user?: string
  readonly working_dir?: string
  readonly environment?: Readonly<Record<string, string | null>>
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly restart?: string
  readonly stop_grace_period?: string
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
}

/** The checkout. */
export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))

export const composeFile = join(root, 'docker-compose.yml')

export const readComposeFile = async () => {
  const text = await readFile(composeFile, 'utf8')
  const { services, volumes }: { services: Record<string, ComposeService>; volumes: Record<string, null> } =
    parse(text, { merge: true })
  const service = (name: string): ComposeService => {
    const found = services[name]
    if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`)
    return found
  }
  return { text, services, volumes, service }
}

export type ComposeFile = Awaited<ReturnType<typeof readComposeFile>>

/** `${NAME:-default}` becomes the default. */
export const withDefaults = (value: string): string => value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')

/** What a container sees where no .env sets anything. */
export const containerEnvironment = (file: ComposeFile, name: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(file.service(name).environment ?? {}).flatMap(([setting, value]) =>
      value === null ? [] : [[setting, withDefaults(value)]],
    ),
  )

/** The same, with the folder below `made` that `latchkey init` fills for it in place of the volume. */
export const environmentOf = (file: ComposeFile, name: string, made: string): Record<string, string> => {
  const volume = file
    .service(name)
    .volumes?.find(mount => mount.endsWith(':/run/latchkey:ro'))
    ?.split(':')[0]
  const filled = file.service('setup').volumes?.find(mount => mount.startsWith(`${volume}:/latchkey/`))
  const folder = join(made, filled?.split(':/latchkey/')[1] ?? 'nowhere')
  return Object.fromEntries(
    Object.entries(containerEnvironment(file, name)).map(([setting, value]) => [
      setting,
      value.replace('/run/latchkey', folder),
    ]),
  )
}

/** The settings that the program of each container reads. */
export const settingsShapes = async (): Promise<Readonly<Record<string, SettingsShape>>> => {
  const shape = async (service: string, name: string): Promise<SettingsShape> =>
    (await import(join(root, 'services', service, 'src/config.ts')))[name]
  return {
    gateway: await shape('gateway', 'gatewaySettings'),
    identity: await shape('identity', 'identitySettings'),
    token: await shape('token', 'tokenSettings'),
    session: await shape('session', 'sessionSettings'),
    notification: await shape('notification', 'serviceSettings'),
    'notification-worker': await shape('notification', 'workerSettings'),
  }
}
