/**
 * Failed sign-ins by where they come from, in Redis: counts that speed up a decision and may be lost. The count that
 * locks an account is in Postgres. While Redis is away, nobody is asked for a human check.
 */
import type { Logger } from '@latchkey/runtime/logger'
import type { Redis } from 'ioredis'
import type { FailedSignIn, Place, Pressure, PressureAfterFailure } from '../domain/sign-in-pressure.ts'

// From the last failure on.
const keepSeconds = 900

const keysOf = ({ address, network }: Place) => ({
  address: `failed_from:address:${address}`,
  network: `failed_from:network:${network}`,
  accounts: `failed_from:accounts:${network}`,
})

const none = { ofAddress: 0, ofNetwork: 0, accounts: 0 }

export interface SignInPressureInit {
  readonly redis: Redis
  readonly logger: Pick<Logger, 'debug'>
}

export const createSignInPressure = ({ redis, logger }: SignInPressureInit) => {
  const orNone = async <Value>(work: Promise<Value>, otherwise: Value): Promise<Value> => {
    try {
      return await work
    } catch (error) {
      logger.debug({ error }, 'failed sign-ins are not counted by where they come from')
      return otherwise
    }
  }

  const count = async ({ place, emailKey }: FailedSignIn): Promise<PressureAfterFailure> => {
    const keys = keysOf(place)
    const tried = emailKey === undefined ? [] : [emailKey]
    const answers = await redis
      .multi()
      .incr(keys.address)
      .incr(keys.network)
      .pfadd(keys.accounts, ...tried)
      .pfcount(keys.accounts)
      .expire(keys.address, keepSeconds)
      .expire(keys.network, keepSeconds)
      .expire(keys.accounts, keepSeconds)
      .exec()
    const [ofAddress = 0, ofNetwork = 0, , accounts = 0] = (answers ?? []).map(([, value]) => Number(value))
    return { ofAddress, ofNetwork, accounts }
  }

  const look = async (place: Place): Promise<Pressure> => {
    const keys = keysOf(place)
    const [ofAddress = 0, ofNetwork = 0] = (await redis.mget(keys.address, keys.network)).map(Number)
    return { ofAddress, ofNetwork }
  }

  return {
    note: (failed: FailedSignIn): Promise<PressureAfterFailure> => orNone(count(failed), none),
    read: (place: Place): Promise<Pressure> => orNone(look(place), none),
  }
}
