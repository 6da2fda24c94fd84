/**
 * Reading Postgres' system catalogue through Prisma's adapter, which refuses its one-letter columns: they are of a
 * type of their own, `"char"`, that user tables never have. The engine wants them as characters.
 */
import { ColumnTypeEnum, type SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import type pg from 'pg'

type Adapter = SqlDriverAdapter & { underlyingDriver(): pg.Pool }

const charOid = 18
const textOid = 25

/** The adapter's `queryRaw`, told that such columns are text, and its answer put right. */
export const createCatalogueQuery = (adapter: Adapter): SqlDriverAdapter['queryRaw'] => {
  const { queryRaw } = adapter
  const pool = adapter.underlyingDriver()
  return async query => {
    const characters: number[] = []
    const client = {
      query: async (config: pg.QueryArrayConfig, values: unknown[]) => {
        const result = await pool.query(config, values)
        result.fields.forEach((field, index) => {
          if (field.dataTypeID !== charOid) return
          field.dataTypeID = textOid
          characters.push(index)
        })
        return result
      },
    }
    const result = await queryRaw.call(Object.create(adapter, { client: { value: client } }), query)
    for (const index of characters) result.columnTypes[index] = ColumnTypeEnum.Character
    return result
  }
}
