import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import type { DevicePoll } from '../src/domain/device-authorization.ts'
import type { Grant } from '../src/domain/grant.ts'
import type { ClientId, GrantId, SessionId, UserId } from '../src/domain/ids.ts'
import { createDeviceAuthorizations } from '../src/store/device-authorizations.ts'
import { createTokenDatabase, type TokenDatabase } from './token-database.ts'

let database: TokenDatabase
beforeAll(async () => {
  database = await createTokenDatabase()
})
afterAll(() => database.drop())

const devices = () => createDeviceAuthorizations(database)

/** Twenty calls over two replicas' connections. */
const onTwoReplicas = async <Result>(
  call: (store: ReturnType<typeof createDeviceAuthorizations>, n: number) => Promise<Result>,
): Promise<Result[]> => {
  const pools = [database.openPool(), database.openPool()]
  const stores = pools.map(pool => createDeviceAuthorizations({ pool }))
  const results = await Promise.all(Array.from({ length: 20 }, (_, n) => call(stores[n % 2] ?? devices(), n)))
  await Promise.all(pools.map(pool => pool.end()))
  return results
}

const clientId = 'tv' as ClientId

const aGrant = (): Grant => ({
  id: createUuid<GrantId>(),
  subject: createUuid<UserId>(),
  sessionId: createUuid<SessionId>(),
  clientId,
  scope: 'openid profile',
  resources: ['https://api.example/'],
  authenticatedAt: new Date(),
  authenticationMethods: ['pwd'],
  isOffline: false,
  endsAt: new Date(Date.now() + 3_600_000),
})

const aDevice = async () => {
  const [deviceCodeHash, userCodeHash] = [randomBytes(32), randomBytes(32)]
  const request = { clientId, scope: 'openid profile', resources: ['https://api.example/'] }
  await devices().start({ ...request, deviceCodeHash, userCodeHash, ttlSeconds: 600, intervalSeconds: 5 })
  const where = { deviceCodeHash: new Uint8Array(deviceCodeHash) }
  return {
    deviceCodeHash,
    userCodeHash,
    request,
    poll: () => devices().poll(deviceCodeHash, clientId),
    read: () => database.prisma.deviceAuthorization.findUniqueOrThrow({ where }),
    /** As if it had stood still for so long. */
    age: (seconds: number) =>
      database.pool.query(
        `update device_authorizations set last_polled_at = last_polled_at - make_interval(secs => $2),
                expires_at = expires_at - make_interval(secs => $2) where device_code_hash = $1`,
        [deviceCodeHash, seconds],
      ),
  }
}

const approve = (device: { deviceCodeHash: Buffer }, grant = aGrant(), store = devices()) =>
  store.approve(device.deviceCodeHash, grant, new Date(Date.now() + 60_000))

const outcomesOf = (polls: readonly DevicePoll[]) => polls.map(poll => poll.outcome)

describe('a device that waits', () => {
  it('is found by its user code, under whichever key that was stored', async () => {
    const device = await aDevice()
    const found = await devices().findByUserCode([randomBytes(32), device.userCodeHash])
    expect(found).toEqual({ deviceCodeHash: device.deviceCodeHash, ...device.request })
    expect(await devices().findPending(device.deviceCodeHash)).toEqual(found)
    expect(await devices().findByUserCode([randomBytes(32)])).toBeUndefined()
  })

  it('never shares its user code', async () => {
    const { userCodeHash, request } = await aDevice()
    const other = { ...request, deviceCodeHash: randomBytes(32), userCodeHash }
    expect(await devices().start({ ...other, ttlSeconds: 600, intervalSeconds: 5 })).toBe(false)
  })

  it('can not be decided on once it is over', async () => {
    const device = await aDevice()
    await device.age(601)
    expect(await devices().findByUserCode([device.userCodeHash])).toBeUndefined()
    expect(await approve(device)).toBe(false)
    expect(await devices().deny(device.deviceCodeHash)).toBe(false)
  })

  it('is decided on once, by whoever is first of twenty on two replicas', async () => {
    const device = await aDevice()
    const decided = await onTwoReplicas((store, n) =>
      n % 4 < 2 ? approve(device, aGrant(), store) : store.deny(device.deviceCodeHash),
    )
    expect(decided.filter(Boolean)).toHaveLength(1)
    expect(await devices().findPending(device.deviceCodeHash)).toBeUndefined()
  })
})

describe('a device that is let in', () => {
  it('signs the session in to its client, which is told of the session’s end', async () => {
    const [device, grant] = [await aDevice(), aGrant()]
    expect(await approve(device, grant)).toBe(true)
    const { sessionId, subject } = grant
    expect(await database.prisma.clientSession.findMany({ where: { sessionId } })).toMatchObject([
      { clientId, subject },
    ])
  })

  it('does so only where it was let in', async () => {
    const [device, grant] = [await aDevice(), aGrant()]
    await devices().deny(device.deviceCodeHash)
    expect(await approve(device, grant)).toBe(false)
    expect(await database.prisma.clientSession.count({ where: { sessionId: grant.sessionId } })).toBe(0)
  })
})

describe('RFC 8628 §3.5: what a poll gets', () => {
  it('is authorization_pending, as often as it keeps to the interval', async () => {
    const device = await aDevice()
    for (let n = 0; n < 3; n += 1) {
      expect(await device.poll()).toEqual({ outcome: 'pending' })
      await device.age(5)
    }
    expect(await device.read()).toMatchObject({ intervalSeconds: 5 })
  })

  it('is slow_down where it comes too early, which adds 5 seconds to the interval for good', async () => {
    const device = await aDevice()
    expect(await device.poll()).toEqual({ outcome: 'pending' })
    await device.age(4)
    expect(await device.poll()).toEqual({ outcome: 'slow_down' })
    expect(await device.read()).toMatchObject({ intervalSeconds: 10 })
    await device.age(6)
    expect(await device.poll()).toEqual({ outcome: 'slow_down' })
    await device.age(15)
    expect(await device.poll()).toEqual({ outcome: 'pending' })
    expect(await device.read()).toMatchObject({ intervalSeconds: 15 })
  })

  it('is access_denied after a denial', async () => {
    const device = await aDevice()
    await devices().deny(device.deviceCodeHash)
    expect(outcomesOf([await device.poll(), await device.poll()])).toEqual(['denied', 'denied'])
  })

  it('is expired_token once it is over, let in or not', async () => {
    const [waiting, approved] = [await aDevice(), await aDevice()]
    await approve(approved)
    for (const device of [waiting, approved]) {
      await device.age(601)
      expect(await device.poll()).toEqual({ outcome: 'expired' })
    }
  })

  it('is the grant, once, at whatever pace', async () => {
    const device = await aDevice()
    const grant = aGrant()
    await device.poll()
    await approve(device, grant)
    expect(await device.poll()).toEqual({ outcome: 'redeemed', grant })
    expect(await device.poll()).toEqual({ outcome: 'used', grant })
  })

  it('is nothing for another client, and uses nothing up', async () => {
    const device = await aDevice()
    await approve(device)
    const stranger = await devices().poll(device.deviceCodeHash, 'other' as ClientId)
    expect(stranger).toEqual({ outcome: 'unknown' })
    expect(await devices().poll(randomBytes(32), clientId)).toEqual({ outcome: 'unknown' })
    expect(await device.poll()).toMatchObject({ outcome: 'redeemed' })
  })
})

describe('CHECKLIST 26: one redemption', () => {
  it('under twenty parallel polls over two replicas', async () => {
    const device = await aDevice()
    await approve(device)
    const polls = await onTwoReplicas(store => store.poll(device.deviceCodeHash, clientId))
    expect(outcomesOf(polls).sort()).toEqual(['redeemed', ...Array.from({ length: 19 }, () => 'used')])
  })

  it('and of twenty parallel polls of one that waits, one is in time', async () => {
    const device = await aDevice()
    const polls = await onTwoReplicas(store => store.poll(device.deviceCodeHash, clientId))
    expect(outcomesOf(polls).sort()).toEqual(['pending', ...Array.from({ length: 19 }, () => 'slow_down')])
    expect(await device.read()).toMatchObject({ intervalSeconds: 60 })
  })
})
