import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import type { ClientId, UserId } from '../src/domain/ids.ts'
import { createAuthorizationCodes } from '../src/store/authorization-codes.ts'
import { createBrowserSessions } from '../src/store/browser-sessions.ts'
import { createRefreshFamilies } from '../src/store/refresh-families.ts'
import { createRevocations } from '../src/store/revocations.ts'
import { createSubjects } from '../src/store/subjects.ts'
import { createTokenDatabase, type TokenDatabase } from './token-database.ts'

let database: TokenDatabase
/** Of one connection: plans are each connection's own. */
let pool: TokenDatabase['pool']

beforeAll(async () => {
  database = await createTokenDatabase()
  pool = database.openPool(1)
  const clientId = 'shop' as ClientId
  const hash = randomBytes(32)
  const families = createRefreshFamilies({ pool, policy: { ttlSeconds: 604_800, graceSeconds: 30 } })
  await families.find(hash)
  await families.prolong({ tokenHash: hash })
  const successor = { successorHash: randomBytes(32), nonce: randomBytes(16), messageId: createUuid() }
  await families.rotate({ tokenHash: hash, ...successor })
  await createAuthorizationCodes({ pool }).redeem({ codeHash: hash, clientId })
  await createBrowserSessions({ pool }).find(hash, clientId)
  await createRevocations({ pool }).findAny(['grant:none'])
  await createSubjects({ pool }).find(createUuid<UserId>())
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

interface Prepared {
  readonly name: string
  readonly parameters: number
  readonly custom: number
}

const prepared = async () => {
  const { rows } = await pool.query<Prepared>(
    `select name, cardinality(parameter_types) as parameters, custom_plans::int as custom from pg_prepared_statements
      where name <> '' order by name`,
  )
  return rows
}

/** The plan that the connection keeps for it, whatever the values. */
const planOf = async ({ name, parameters }: Prepared) => {
  const nulls = Array.from({ length: parameters }, () => 'null').join(', ')
  const { rows } = await pool.query(`explain execute "${name}" (${nulls})`)
  return rows.map(row => String(row['QUERY PLAN'])).join('\n')
}

describe('the plans of hot statements', () => {
  it('are made once for a connection, not for each list', async () => {
    const statements = await prepared()
    expect(statements.map(({ name }) => name)).toEqual([
      'find-browser-sessions',
      'find-grants',
      'find-revocations',
      'find-subjects',
      'prolong-refresh-tokens',
      'redeem-codes',
      'rotate-refresh-tokens',
    ])
    expect(statements.filter(({ custom }) => custom > 0)).toEqual([])
  })

  it('read no table whole, though all were empty when they were made', async () => {
    for (const statement of await prepared()) {
      const plan = await planOf(statement)
      expect(plan).toMatch(/Index/)
      expect(plan).not.toMatch(/Seq Scan/)
    }
  })
})
