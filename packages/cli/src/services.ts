/** The services that own a part of the database. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from './command.ts'

export const databaseServices = ['identity', 'token', 'session', 'notification'] as const

export type DatabaseService = (typeof databaseServices)[number]

const isDatabaseService = (name: string): name is DatabaseService =>
  databaseServices.some(service => service === name)

/** The named services, or all where none is named. @throws UsageError for a name that is none */
export const chosenServices = (names: readonly string[]): readonly DatabaseService[] => {
  const chosen = names.map(name => {
    if (isDatabaseService(name)) return name
    throw new UsageError(`no service ${JSON.stringify(name)}; choose of ${databaseServices.join(', ')}`)
  })
  return chosen.length === 0 ? databaseServices : [...new Set(chosen)]
}

const services = join(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))), 'services')

export const prismaPaths = (service: DatabaseService) => ({
  schemaPath: join(services, service, 'prisma/schema.prisma'),
  migrationsPath: join(services, service, 'prisma/migrations'),
})
