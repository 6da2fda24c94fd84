import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { quietLogger } from '@latchkey/service-testkit'
import { createKeyMaintenance } from '../src/keys/key-maintenance.ts'
import { createKeyring, NoSigningKeyError } from '../src/keys/keyring.ts'
import { type SigningAlgorithm, signingAlgorithms } from '../src/keys/signing-algorithm.ts'
import { createKeyMaterial } from '../src/keys/signing-key.ts'
import { createKeySealer, KeyEncryptionError } from '../src/store/sealed-private-key.ts'
import { createSigningKeys } from '../src/store/signing-keys.ts'
import { createBeginSigningKeys } from '../src/usecases/begin-signing-keys.ts'
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
  rotationDays?: number
  now?: () => Date
}

const aReplica = ({ current = keyEncryptionKey, old = [], ...options }: ReplicaOptions = {}) => {
  const keys = createSigningKeys({ ...database, sealer: createKeySealer({ current, old }) })
  const keyring = createKeyring({ keys, now: options.now ?? (() => new Date()) })
  const maintenance = createKeyMaintenance({
    keyring,
    keys,
    begin: createBeginSigningKeys({ keys, announce: () => undefined }),
    rotate: createRotateSigningKey({ keys, periods, announce: () => undefined }),
    policy: { publishSeconds: periods.publishSeconds, rotationDays: options.rotationDays ?? 0 },
    pollMs: 3_600_000,
    logger: quietLogger,
  })
  const kidOf = (algorithm: SigningAlgorithm) => keyring.getSigningKey(algorithm).kid
  const kids = () => signingAlgorithms.map(kidOf)
  /** What the next rotation of one algorithm does, whenever it is due. */
  const succeed = async (algorithm: SigningAlgorithm) => {
    const after = keyring.newestGeneration()
    const added = await keys.addSuccessor(await createKeyMaterial(algorithm), { after, ...periods })
    await keyring.reload()
    return added
  }
  return { keys, keyring, maintenance, kidOf, kids, succeed }
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

type Replica = ReturnType<typeof aReplica>

const publishedIn = (replica: Replica) => replica.keyring.getJwks().keys.map(key => key.kid)

/** An installation from when there was one algorithm. */
const startedWithOneKey = async (algorithm: SigningAlgorithm) => {
  const replica = aReplica()
  await replica.keys.begin([await createKeyMaterial(algorithm)])
  await replica.keyring.reload()
  return replica
}

describe('the first start', () => {
  it('of ten replicas at once makes one key of each algorithm, which sign at once in all of them', async () => {
    const replicas = await Promise.all(Array.from({ length: 10 }, () => started()))
    expect(await database.prisma.signingKey.count()).toBe(signingAlgorithms.length)
    for (const algorithm of signingAlgorithms) {
      const keys = replicas.map(replica => replica.keyring.getPublishedSigningKey(algorithm))
      expect(new Set(keys.map(key => key.algorithm))).toEqual(new Set([algorithm]))
      expect(new Set(keys.map(key => key.kid)).size).toBe(1)
    }
  })

  it('says that there is no key while the database is away, instead of publishing an empty set', async () => {
    const { keyring } = aReplica()
    expect(() => keyring.getSigningKey('RS256')).toThrow(NoSigningKeyError)
    expect(() => keyring.getPublishedSigningKey('ES256')).toThrow(NoSigningKeyError)
    expect(() => keyring.getJwks()).toThrow(NoSigningKeyError)
  })
})

describe('CHECKLIST 22: rotation', () => {
  it.each(signingAlgorithms)(
    'of %s publishes the new key before it signs, keeps the old one while its tokens live, and touches no other',
    async algorithm => {
      const replica = await started()
      const others = signingAlgorithms.filter(other => other !== algorithm)
      const before = others.map(replica.kidOf)
      const old = replica.kidOf(algorithm)
      await replica.succeed(algorithm)
      const young = replica.keyring.findNewest(algorithm)?.kid
      expect(replica.kidOf(algorithm)).toBe(old)
      expect(publishedIn(replica)).toEqual(expect.arrayContaining([old, young, ...before]))

      await passSeconds(periods.publishSeconds)
      await replica.keyring.reload()
      expect(replica.kidOf(algorithm)).toBe(young)
      expect(publishedIn(replica)).toEqual(expect.arrayContaining([old, young, ...before]))

      await passSeconds(periods.keepSeconds)
      await replica.maintenance.refresh()
      expect(publishedIn(replica)).toEqual(expect.arrayContaining([young, ...before]))
      expect(publishedIn(replica)).not.toContain(old)
      expect(await database.prisma.signingKey.count()).toBe(signingAlgorithms.length)
      expect(others.map(replica.kidOf)).toEqual(before)
    },
  )

  it('changes over in a replica that hears nothing, at the instant in the row', async () => {
    let now = new Date()
    const replica = await started({ now: () => now })
    const old = replica.kidOf('ES256')
    await replica.succeed('ES256')
    const young = replica.keyring.findNewest('ES256')?.kid
    now = new Date(now.getTime() + 599_000)
    expect(replica.kidOf('ES256')).toBe(old)
    now = new Date(now.getTime() + 2_000)
    expect(replica.kidOf('ES256')).toBe(young)
  })

  it('goes by the database’s clock, however wrong a replica’s is', async () => {
    const replica = await started({ now: () => new Date(Date.now() - 86_400_000) })
    expect(replica.kids()).toHaveLength(signingAlgorithms.length)
    expect(Math.abs(replica.keyring.databaseNow().getTime() - Date.now())).toBeLessThan(5_000)
  })

  it('by age is done once for each algorithm by ten replicas, in time for the caches', async () => {
    await started()
    await passSeconds(86_400 - 590)
    await Promise.all(Array.from({ length: 10 }, () => started({ rotationDays: 1 })))
    const keys = await database.prisma.signingKey.findMany({ orderBy: { generation: 'asc' } })
    for (const algorithm of signingAlgorithms) {
      const [old, young, ...more] = keys.filter(key => key.algorithm === algorithm)
      expect(more).toEqual([])
      expect(old?.retiresAt).toEqual(young?.signsAt)
      expect(young?.retiresAt).toBeNull()
    }
    await started({ rotationDays: 1 })
    expect(await database.prisma.signingKey.count()).toBe(2 * signingAlgorithms.length)
  })

  it('lets one of two replicas that know the same generation add the next, whatever its algorithm', async () => {
    const [first, second] = [await started(), await started()]
    const added = await Promise.all([first.succeed('ES256'), second.succeed('RS256')])
    expect(added.filter(Boolean)).toHaveLength(1)
  })
})

describe('an algorithm that is new to the installation', () => {
  it('is published at the next start; what it was before signs until every cache has the new key', async () => {
    const before = await startedWithOneKey('ES256')
    const replica = await started()
    expect(new Set(replica.keyring.getJwks().keys.map(key => key.alg))).toEqual(new Set(signingAlgorithms))
    expect(replica.keyring.getPublishedSigningKey('EdDSA').kid).toBe(before.kidOf('ES256'))
    await passSeconds(periods.publishSeconds)
    await replica.keyring.reload()
    expect(replica.keyring.getPublishedSigningKey('EdDSA').algorithm).toBe('EdDSA')
  })

  it('signs at once what no other algorithm may stand in for', async () => {
    await startedWithOneKey('ES256')
    const replica = await started()
    expect(replica.keyring.getSigningKey('RS256').algorithm).toBe('RS256')
  })

  it('comes back where a replica of the version before has retired it', async () => {
    const replica = await started()
    const old = replica.kidOf('RS256')
    await database.pool.query(
      `update signing_keys set retires_at = now(), deletes_at = now() + interval '1 hour' where algorithm = 'RS256'`,
    )
    await replica.maintenance.refresh()
    expect(replica.kidOf('RS256')).not.toBe(old)
    expect(publishedIn(replica)).toContain(old)
    await replica.maintenance.refresh()
    expect(await database.prisma.signingKey.count()).toBe(signingAlgorithms.length + 1)
  })
})

describe('keys at rest', () => {
  it('hold no private member in clear, and none is published', async () => {
    const replica = await started()
    const { rows } = await database.pool.query('select * from signing_keys')
    const stored = JSON.stringify(rows, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    )
    for (const algorithm of signingAlgorithms) {
      const { privateKey } = replica.keyring.getSigningKey(algorithm)
      const secret = privateKey.export({ format: 'jwk' }).d ?? ''
      expect(secret).not.toBe('')
      expect(stored).not.toContain(secret)
      expect(stored).not.toContain(Buffer.from(secret, 'base64url').toString('latin1'))
    }
    const publicMembers = new Set(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y', 'n', 'e'])
    for (const key of replica.keyring.getJwks().keys)
      expect(Object.keys(key).filter(name => !publicMembers.has(name))).toEqual([])
  })

  it('are sealed anew under a new key encryption key, and stay the same keys', async () => {
    const before = await started()
    const newKey = randomBytes(32)
    const during = await started({ current: newKey, old: [keyEncryptionKey] })
    const after = await started({ current: newKey })
    // The one that started first still runs, with the former key alone.
    await before.keyring.reload()
    expect(during.kids()).toEqual(before.kids())
    expect(after.kids()).toEqual(before.kids())
  })

  it('stop the start where the key encryption key is another one: no key is made in their place', async () => {
    await started()
    await expect(started({ current: randomBytes(32) })).rejects.toThrow(KeyEncryptionError)
    expect(await database.prisma.signingKey.count()).toBe(signingAlgorithms.length)
  })
})
