/** The URLs that `migrate` and `provision` read: one for each service, or one for all. */
import { type Environment, loadSettings, secret, urlSetting } from '@latchkey/runtime/settings'
import type { DatabaseService } from './services.ts'

const url = () => secret(urlSetting(['postgresql', 'postgres']))

const nameFor = (service: DatabaseService): string => `${service.toUpperCase()}_DATABASE_URL`

/**
 * The database of each service: `TOKEN_DATABASE_URL` and so on, else `DATABASE_URL`, each also as `…_FILE`.
 * @throws SettingsError naming what is missing
 */
export const databaseUrls = (
  services: readonly DatabaseService[],
  env: Environment,
): Readonly<Record<string, string>> => {
  const shared = 'DATABASE_URL'
  const isSet = (name: string): boolean => Boolean(env[name] || env[`${name}_FILE`])
  const sources = services.map(
    service => [service, isSet(nameFor(service)) ? nameFor(service) : shared] as const,
  )
  const shape = Object.fromEntries(
    sources.map(([service, name]) => [
      name,
      url().describe(
        name === shared
          ? 'The database of every service that has no <SERVICE>_DATABASE_URL of its own'
          : `The database of ${service}`,
      ),
    ]),
  )
  const settings = loadSettings(shape, env)
  return Object.fromEntries(sources.map(([service, name]) => [service, settings[name] ?? '']))
}
