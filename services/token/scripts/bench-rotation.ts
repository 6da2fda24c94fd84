/**
 * What a refresh rotation costs, one statement each against batches, in one run on one database (ADR 6):
 * `TEST_DATABASE_URL=… node scripts/bench-rotation.ts`. It makes a database of its own and drops it.
 */
import { randomBytes } from 'node:crypto'
import { createUuid } from '@latchkey/runtime/ids'
import { firstPartyGrant } from '../src/domain/grant.ts'
import type { GrantId, SessionId, UserId } from '../src/domain/ids.ts'
import type { RotationInput } from '../src/domain/refresh-family.ts'
import { createRefreshFamilies } from '../src/store/refresh-families.ts'
import { createRotateRefreshTokens } from '../src/store/rotate-refresh-tokens.ts'
import { createTokenDatabase } from '../test/token-database.ts'

const policy = { ttlSeconds: 604_800, graceSeconds: 30 }
const usesPerFamily = 20

const database = await createTokenDatabase()
const families = createRefreshFamilies({ ...database, policy })
const rotateOne = createRotateRefreshTokens(database.pool, policy)

const beginFamily = async () => {
  const grant = firstPartyGrant({
    id: createUuid<GrantId>(),
    subject: createUuid<UserId>(),
    sessionId: createUuid<SessionId>(),
    authenticatedAt: new Date(),
    authenticationMethods: ['pwd'],
    endsAt: new Date(Date.now() + 2_592_000_000),
  })
  const tokenHash: Buffer = randomBytes(32)
  await families.begin({ grant, rotates: true, tokenHash })
  return { tokenHash }
}

const measure = async (name: string, parallel: number, rotate: (use: RotationInput) => Promise<unknown>) => {
  const chains = await Promise.all(Array.from({ length: parallel }, beginFamily))
  const latenciesMs: number[] = []
  const cpuBefore = process.cpuUsage()
  const startedMs = performance.now()
  await Promise.all(
    chains.map(async chain => {
      for (let n = 0; n < usesPerFamily; n += 1) {
        const successorHash = randomBytes(32)
        const sentMs = performance.now()
        await rotate({ ...chain, successorHash, nonce: randomBytes(16), messageId: createUuid() })
        latenciesMs.push(performance.now() - sentMs)
        chain.tokenHash = successorHash
      }
    }),
  )
  const seconds = (performance.now() - startedMs) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  const count = parallel * usesPerFamily
  const percentile = (share: number) =>
    latenciesMs.sort((a, b) => a - b)[Math.floor(count * share)]?.toFixed(2) ?? '–'
  process.stdout.write(
    `${name} ${parallel} parallel: ${Math.round(count / seconds)}/s, ${Math.round((user + system) / count)} µs of Node each, ` +
      `p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms\n`,
  )
}

for (const parallel of [1, 16, 64, 256]) {
  for (const _ of ['warm', 'measured']) {
    await measure('single ', parallel, async use => (await rotateOne([use]))[0])
    await measure('batched', parallel, families.rotate)
  }
}
await database.drop()
