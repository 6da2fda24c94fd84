import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { quietLogger } from '@latchkey/service-testkit'
import { createKeyMaintenance } from '../src/keys/key-maintenance.ts'
import { createKeyring, NoSigningKeyError } from '../src/keys/keyring.ts'
import type { SigningAlgorithm } from '../src/keys/signing-algorithm.ts'
import { createKeyMaterial } from '../src/keys/signing-key.ts'
import { createKeySealer, KeyEncryptionError } from '../src/store/sealed-private-key.ts'
import { createSigningKeys } from '../src/store/signing-keys.ts'
import { createRotateSigningKey } from '../src/usecases/rotate-signing-key.ts'
import { createTokenDatabase, type TokenDatabase } from './token-database.ts'

const periods = { publishSeconds: 600, keepSeconds: 1200 }
const keyEncryptionKey = randomBytes(32)

let database: TokenDatabase
beforeAll(async () => {
  database = await createTokenDatabase()
})
afterEach(() => database.pool.query('delete from signing_keys'))
afterAll(() => database.drop())

interface ReplicaOptions {
  current?: Uint8Array
  old?: Uint8Array[]
  algorithm?: SigningAlgorithm
  rotationDays?: number
  now?: () => Date
}

const aReplica = ({
  current = keyEncryptionKey,
  old = [],
  algorithm = 'ES256',
  ...options
}: ReplicaOptions = {}) => {
  const keys = createSigningKeys({ ...database, sealer: createKeySealer({ current, old }) })
  const keyring = createKeyring({ keys, now: options.now ?? (() => new Date()) })
  const maintenance = createKeyMaintenance({
    keyring,
    keys,
    rotate: createRotateSigningKey({ keys, algorithm, periods, announce: () => undefined }),
    algorithm,
    policy: { publishSeconds: periods.publishSeconds, rotationDays: options.rotationDays ?? 0 },
    pollMs: 3_600_000,
    logger: quietLogger,
  })
  return { keys, keyring, maintenance }
}

const started = async (options?: ReplicaOptions) => {
  const replica = aReplica(options)
  await replica.maintenance.start()
  await replica.maintenance.close()
  return replica
}

/** As if so much time had passed for every key. */
const passSeconds = (seconds: number) =>
  database.pool.query(
    `update signing_keys set published_at = published_at - make_interval(secs => $1),
            signs_at = signs_at - make_interval(secs => $1), retires_at = retires_at - make_interval(secs => $1),
            deletes_at = deletes_at - make_interval(secs => $1)`,
    [seconds],
  )

const kidsIn = (replica: { keyring: ReturnType<typeof createKeyring> }) =>
  replica.keyring.getJwks().keys.map(key => key.kid)

describe('the first start', () => {
  it('of ten replicas at once makes exactly one key, which signs at once in all of them', async () => {
    const replicas = await Promise.all(Array.from({ length: 10 }, () => started()))
    expect(await database.prisma.signingKey.count()).toBe(1)
    expect(new Set(replicas.map(replica => replica.keyring.getSigningKey().kid)).size).toBe(1)
  })

  it('says that there is no key while the database is away, instead of publishing an empty set', async () => {
    const { keyring } = aReplica()
    expect(() => keyring.getSigningKey()).toThrow(NoSigningKeyError)
    expect(() => keyring.getJwks()).toThrow(NoSigningKeyError)
  })
})

describe('CHECKLIST 22: rotation', () => {
  it('publishes the new key before it signs, and keeps the old one while its tokens live', async () => {
    const replica = await started()
    const old = replica.keyring.getSigningKey().kid
    await replica.keys.addSuccessor(await createKeyMaterial('ES256'), { after: 1, ...periods })
    await replica.keyring.reload()
    const young = replica.keyring.findNewest()?.kid
    expect(replica.keyring.getSigningKey().kid).toBe(old)
    expect(kidsIn(replica)).toEqual([old, young])

    await passSeconds(periods.publishSeconds)
    await replica.keyring.reload()
    expect(replica.keyring.getSigningKey().kid).toBe(young)
    expect(kidsIn(replica)).toEqual([old, young])

    await passSeconds(periods.keepSeconds)
    await replica.maintenance.refresh()
    expect(kidsIn(replica)).toEqual([young])
    expect(await database.prisma.signingKey.count()).toBe(1)
  })

  it('changes over in a replica that hears nothing, at the instant in the row', async () => {
    let now = new Date()
    const replica = await started({ now: () => now })
    await replica.keys.addSuccessor(await createKeyMaterial('ES256'), { after: 1, ...periods })
    await replica.keyring.reload()
    const [old, young] = kidsIn(replica)
    now = new Date(now.getTime() + 599_000)
    expect(replica.keyring.getSigningKey().kid).toBe(old)
    now = new Date(now.getTime() + 2_000)
    expect(replica.keyring.getSigningKey().kid).toBe(young)
  })

  it('goes by the database’s clock, however wrong a replica’s is', async () => {
    const replica = await started({ now: () => new Date(Date.now() - 86_400_000) })
    expect(replica.keyring.getSigningKey().kid).toBeDefined()
    expect(Math.abs(replica.keyring.databaseNow().getTime() - Date.now())).toBeLessThan(5_000)
  })

  it('by age is done once by ten replicas, in time for the caches', async () => {
    await started()
    await passSeconds(86_400 - 590)
    await Promise.all(Array.from({ length: 10 }, () => started({ rotationDays: 1 })))
    const keys = await database.prisma.signingKey.findMany({ orderBy: { generation: 'asc' } })
    expect(keys).toHaveLength(2)
    expect(keys[0]?.retiresAt).toEqual(keys[1]?.signsAt)
    await started({ rotationDays: 1 })
    expect(await database.prisma.signingKey.count()).toBe(2)
  })

  it('to another algorithm begins at a start with that setting, with both keys published', async () => {
    await started()
    const replica = await started({ algorithm: 'EdDSA' })
    expect(replica.keyring.getJwks().keys.map(key => key.alg)).toEqual(['ES256', 'EdDSA'])
    expect(replica.keyring.getSigningKey().algorithm).toBe('ES256')
    await passSeconds(periods.publishSeconds)
    await replica.keyring.reload()
    expect(replica.keyring.getSigningKey().algorithm).toBe('EdDSA')
  })

  it('is not begun again and again by replicas of two configurations', async () => {
    await started()
    const [old, young] = [await started(), await started({ algorithm: 'RS256' })]
    for (let n = 0; n < 3; n += 1) {
      await old.maintenance.refresh()
      await young.maintenance.refresh()
    }
    expect(await database.prisma.signingKey.count()).toBe(2)
  })
})

describe('keys at rest', () => {
  it('hold no private member in clear, and none is published', async () => {
    const replica = await started()
    const privateKey = replica.keyring.getSigningKey().privateKey
    const secret = privateKey.export({ format: 'jwk' }).d ?? ''
    const { rows } = await database.pool.query('select * from signing_keys')
    const stored = JSON.stringify(rows, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    )
    expect(secret).not.toBe('')
    expect(stored).not.toContain(secret)
    expect(stored).not.toContain(Buffer.from(secret, 'base64url').toString('latin1'))
    for (const key of replica.keyring.getJwks().keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    }
  })

  it('are sealed anew under a new key encryption key, and stay the same keys', async () => {
    const before = await started()
    const newKey = randomBytes(32)
    const during = await started({ current: newKey, old: [keyEncryptionKey] })
    const after = await started({ current: newKey })
    // The one that started first still runs, with the former key alone.
    await before.keyring.reload()
    const kids = [before, during, after].map(replica => replica.keyring.getSigningKey().kid)
    expect(new Set(kids).size).toBe(1)
  })

  it('stop the start where the key encryption key is another one: no key is made in their place', async () => {
    await started()
    await expect(started({ current: randomBytes(32) })).rejects.toThrow(KeyEncryptionError)
    expect(await database.prisma.signingKey.count()).toBe(1)
  })
})
