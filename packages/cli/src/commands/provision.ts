/** `latchkey provision`: a role and a schema for each service, so that none can read another's tables. */
import { provision } from '@latchkey/runtime/migrate'
import { loadSettings, secret, urlSetting } from '@latchkey/runtime/settings'
import { z } from 'zod'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { chosenServices, type DatabaseService } from '../services.ts'

const passwordName = (service: DatabaseService): string => `${service.toUpperCase()}_DATABASE_PASSWORD`

const password = (service: DatabaseService) =>
  secret(z.string().min(8, 'must have at least 8 characters')).describe(
    `What the role of ${service} logs in with`,
  )

const adminSettings = {
  DATABASE_ADMIN_URL: secret(urlSetting(['postgresql', 'postgres'])).describe(
    'A Postgres user that may make roles and schemas in the database of the URL',
  ),
}

export const provisionCommand: Command = {
  name: 'provision',
  operands: '[service…]',
  summary: 'Makes the Postgres role and schema of all services, or of those named; safe to repeat',
  options: {},
  help: [
    'Reads DATABASE_ADMIN_URL and <SERVICE>_DATABASE_PASSWORD (IDENTITY_DATABASE_PASSWORD …); each also as …_FILE.',
  ],
  run: async ({ operands, env, answer }) => {
    const services = chosenServices(operands)
    const shape = Object.fromEntries(services.map(service => [passwordName(service), password(service)]))
    const settings: Readonly<Record<string, unknown>> = loadSettings({ ...adminSettings, ...shape }, env)
    const { roles, services: made } = await provision({
      adminUrl: String(settings.DATABASE_ADMIN_URL),
      services: services.map(name => ({ name, password: String(settings[passwordName(name)]) })),
    })
    const schemas = Object.values(made).map(({ schema }) => schema)
    answer({ roles, schemas }, `${schemas.join(', ')}: ready, ${sharing[roles]}`)
    return exitCodes.ok
  },
}

const sharing = {
  separate: 'each with a role of its own',
  shared: 'all with the given role, which may not make others',
} as const
