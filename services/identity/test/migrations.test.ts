import { describe, expect, it } from '@jest/globals'
import { findDrift } from '@latchkey/runtime/migrate'
import { startPostgres } from '@latchkey/testkit'
import { migrationsPath, schemaPath } from './identity-database.ts'

describe('migrations', () => {
  it('make exactly what the Prisma schema describes', async () => {
    const { url } = await startPostgres()
    expect(await findDrift({ schemaPath, migrationsPath, shadowUrl: url })).toBeUndefined()
  })
})
