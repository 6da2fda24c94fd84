/** One piece of work with the schema engine: it is started for a datamodel and a database, and freed afterwards. */
import { readFile } from 'node:fs/promises'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import type { SchemaEngine, SchemasContainer } from '@prisma/schema-engine-wasm'
import { loadSchemaEngine } from './engine-module.ts'
import { MigrationAdapter, type MigrationAdapterInit } from './migration-adapter.ts'

/** No table or enum is managed by others: what is in the schema is ours. */
export const everything = { externalTables: [], externalEnums: [] }

/** The Prisma schema file in the engine's form. */
export const readDatamodel = async (schemaPath: string): Promise<SchemasContainer> => ({
  files: [{ path: schemaPath, content: await readFile(schemaPath, 'utf8') }],
})

export const withEngine = async <Result>(
  datamodel: SchemasContainer,
  init: MigrationAdapterInit,
  work: (engine: SchemaEngine) => Promise<Result>,
): Promise<Result> => {
  const SchemaEngine = await loadSchemaEngine()
  const adapter = new MigrationAdapter(init)
  try {
    const engine = await SchemaEngine.new(
      { datamodels: datamodel.files.map(({ path, content }): [string, string] => [path, content]) },
      // The engine's own log lines; failures reach us as errors.
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(adapter),
    )
    try {
      return await work(engine)
    } finally {
      engine.free()
    }
  } finally {
    await adapter.close()
  }
}
