/** Each service's migrations, replayed from nothing, make just what its Prisma schema describes. */
import { join } from 'node:path'
import { databaseServices, serviceFolder } from '@latchkey/launcher/stack'
import { findDrift } from '@latchkey/runtime/migrate'
import { CheckFailed } from './run-steps.ts'
import type { TestStores } from './test-stores.ts'

export const drift = async ({ databaseUrl }: TestStores): Promise<undefined> => {
  const found: string[] = []
  for (const service of databaseServices) {
    const folder = join(serviceFolder(service), 'prisma')
    const difference = await findDrift({
      schemaPath: join(folder, 'schema.prisma'),
      migrationsPath: join(folder, 'migrations'),
      shadowUrl: databaseUrl,
    })
    if (difference !== undefined)
      found.push(`${service}: the schema needs a migration that does\n${difference}`)
  }
  if (found.length > 0) throw new CheckFailed(found.join('\n\n'))
}
