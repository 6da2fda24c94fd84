/**
 * Prisma's Postgres adapter, mended for migrations. As it comes (7.10) it cuts a script at every semicolon, even
 * inside a function body or a string, runs the pieces one by one, can't read the system catalogue, and ignores
 * the name of the shadow database when it was given a URL, which would replay migrations in the real one.
 */
import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { createCatalogueQuery } from './catalogue-query.ts'

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>

export interface MigrationAdapterInit {
  readonly connection: pg.PoolConfig
  readonly schema: string
  /** An empty database in which migrations may be replayed. */
  readonly shadow?: pg.PoolConfig
}

export class MigrationAdapter extends PrismaPg {
  readonly #init: MigrationAdapterInit
  readonly #open: Adapter[] = []

  constructor(init: MigrationAdapterInit) {
    // One connection, since the engine relies on its session.
    super({ ...init.connection, max: 1 }, { schema: init.schema })
    this.#init = init
  }

  override async connect(): Promise<Adapter> {
    const adapter = await super.connect()
    // One message for the whole script: Postgres parses it, and runs it as one transaction, so that a migration
    // that fails half way leaves nothing behind. @see PostgreSQL docs §54.2.2.1
    adapter.executeScript = async script => {
      await adapter.executeRaw({ sql: script, args: [], argTypes: [] })
    }
    adapter.queryRaw = createCatalogueQuery(adapter)
    this.#open.push(adapter)
    return adapter
  }

  override async connectToShadowDb(): Promise<Adapter> {
    const { shadow, schema } = this.#init
    if (shadow === undefined) throw new Error('this operation needs a shadow database, and none was given')
    const adapter = await new MigrationAdapter({ connection: shadow, schema }).connect()
    this.#open.push(adapter)
    return adapter
  }

  /** Closes what the engine left open; an adapter that it has disposed of is closed already. */
  async close(): Promise<void> {
    for (const adapter of this.#open) {
      const pool = adapter.underlyingDriver()
      if (!pool.ended && !pool.ending) await pool.end()
    }
  }
}
