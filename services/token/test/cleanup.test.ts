import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createClosing } from '@latchkey/runtime/lifecycle'
import { createMetrics } from '@latchkey/runtime/metrics'
import { quietLogger } from '@latchkey/service-testkit'
import { composeStores, type Stores } from '../src/compose-stores.ts'
import { createRemoveExpiredTokens } from '../src/usecases/remove-expired-tokens.ts'
import { aClient } from './a-client.ts'
import { aCode } from './a-code.ts'
import { startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>

const now = () => new Date()
const closing = createClosing(quietLogger)

let suite: Suite
let stores: Stores
beforeAll(async () => {
  suite = await startTokenSuite()
  stores = composeStores({
    settings: suite.settingsOf(),
    metrics: createMetrics('token'),
    logger: quietLogger,
    closing,
    now,
  })
})
afterAll(async () => {
  await closing.close()
  await suite.close()
})

const cleanUp = async () => {
  const lags = new Map<string, Date | undefined>()
  await createRemoveExpiredTokens({
    tables: stores.expired,
    reportLag: (table, oldestDueAt) => void lags.set(table, oldestDueAt),
    now,
    logger: quietLogger,
  })(new AbortController().signal)
  return lags
}

/** Secrets of a client go with the client, families with their last token. */
const goWithOthers = new Set(['client_secrets', 'refresh_families'])

const tablesWithAnEnd = async () => {
  const { rows } = await suite.database.pool.query<{ name: string }>(
    `select table_name as name from information_schema.columns
      where table_schema = current_schema() and column_name in ('expires_at', 'ends_at')`,
  )
  return [...new Set(rows.map(({ name }) => name))].filter(name => !goWithOthers.has(name)).sort()
}

describe('SPEC §3: cleanup', () => {
  it('reaches every table whose rows come to an end, and tells its lag', async () => {
    expect([...(await cleanUp()).keys()].sort()).toEqual(await tablesWithAnEnd())
  })

  it('takes codes an hour after they expired', async () => {
    const client = await aClient(suite.database)
    const [old, recent] = [await aCode(suite.database, client), await aCode(suite.database, client)]
    for (const [{ grant }, since] of [
      [old, '61 minutes'],
      [recent, '59 minutes'],
    ] as const) {
      await suite.database.pool.query(
        `update authorization_codes set expires_at = expires_at - ttl.passed, kept_until = kept_until - ttl.passed
           from (select '60 seconds'::interval + $2::interval as passed) as ttl where grant_id = $1`,
        [grant.id, since],
      )
    }
    await cleanUp()
    const left = await suite.database.prisma.authorizationCode.findMany()
    expect(left.map(({ grantId }) => grantId)).toEqual([recent.grant.id])
  })

  it('keeps a code as long as the access tokens that came of it can live', async () => {
    const client = await aClient(suite.database)
    const { grant } = await aCode(suite.database, client, { code: { keptSeconds: 86_400 } })
    const pass = async (time: string) => {
      await suite.database.pool.query(
        `update authorization_codes set expires_at = expires_at - $2::interval, kept_until = kept_until - $2::interval
          where grant_id = $1`,
        [grant.id, time],
      )
      await cleanUp()
      return suite.database.prisma.authorizationCode.count({ where: { grantId: grant.id } })
    }
    expect(await pass('24 hours')).toBe(1)
    expect(await pass('2 minutes')).toBe(0)
  })
})
