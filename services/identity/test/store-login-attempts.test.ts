import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock } from '@latchkey/testkit'
import type { EmailKey } from '../src/domain/email-address.ts'
import type { DeviceHash } from '../src/domain/ids.ts'
import type { AttemptBudget } from '../src/domain/lockout.ts'
import { createLoginAttempts } from '../src/store/login-attempts.ts'
import { createIdentityDatabase, type IdentityDatabase } from './identity-database.ts'

const policy = { maxAttempts: 5, lockoutSeconds: 1_800 }

let database: IdentityDatabase
beforeAll(async () => {
  database = await createIdentityDatabase()
})
afterAll(() => database.drop())

const aBudget = (knownDevice?: string): AttemptBudget => ({
  emailKey: `${createUuid()}@example.com` as EmailKey,
  knownDevice: knownDevice as DeviceHash | undefined,
})

const attemptsAt = (clock = createClock()) => {
  const attempts = createLoginAttempts({ pool: database.pool, policy })
  return {
    clock,
    ...attempts,
    reserve: (budget: AttemptBudget) => attempts.reserve(budget, clock.now()),
    fail: async (budget: AttemptBudget, times: number) => {
      for (let time = 0; time < times; time += 1) {
        await attempts.reserve(budget, clock.now())
        await attempts.decide(budget, 'wrong')
      }
    },
  }
}

describe('login attempts', () => {
  it('allows as many failures as the policy says, then locks for its duration', async () => {
    const { fail, reserve, clock } = attemptsAt()
    const budget = aBudget()
    await fail(budget, 4)
    expect(await reserve(budget)).toEqual({ outcome: 'reserved' })
    const until = new Date(clock.now().getTime() + 1_800_000)
    clock.advance(16_000)
    expect(await reserve(budget)).toEqual({ outcome: 'locked', until })
    clock.advance(1_784_000 - 1)
    expect(await reserve(budget)).toMatchObject({ outcome: 'locked' })
    clock.advance(1)
    expect(await reserve(budget)).toEqual({ outcome: 'reserved' })
  })

  it('does not prolong a lock by attempts that it refuses', async () => {
    const { fail, reserve, clock } = attemptsAt()
    const budget = aBudget()
    await fail(budget, 5)
    const locked = await reserve(budget)
    clock.advance(600_000)
    expect(await reserve(budget)).toEqual(locked)
  })

  it('begins to count anew when nothing has failed for as long as a lock lasts', async () => {
    const { fail, reserve, clock } = attemptsAt()
    const budget = aBudget()
    await fail(budget, 4)
    clock.advance(1_800_000)
    await fail(budget, 4)
    expect(await reserve(budget)).toEqual({ outcome: 'reserved' })
  })

  it('clears the count when a password is right', async () => {
    const { fail, reserve, decide } = attemptsAt()
    const budget = aBudget()
    await fail(budget, 4)
    await reserve(budget)
    expect(await decide(budget, 'right')).toBe(0)
    await fail(budget, 4)
    expect(await reserve(budget)).toEqual({ outcome: 'reserved' })
  })

  it('does not count an attempt that was withdrawn', async () => {
    const { fail, reserve, decide } = attemptsAt()
    const budget = aBudget()
    await fail(budget, 4)
    await reserve(budget)
    expect(await decide(budget, 'withdrawn')).toBe(4)
    expect(await reserve(budget)).toEqual({ outcome: 'reserved' })
  })

  it('gives a known device a count of its own', async () => {
    const { fail, reserve } = attemptsAt()
    const strangers = aBudget()
    await fail(strangers, 5)
    expect(await reserve(strangers)).toMatchObject({ outcome: 'locked' })
    const device = { ...strangers, knownDevice: 'd1' as DeviceHash }
    expect(await reserve(device)).toEqual({ outcome: 'reserved' })
    await fail(device, 4)
    expect(await reserve({ ...strangers, knownDevice: 'd2' as DeviceHash })).toEqual({ outcome: 'reserved' })
  })

  it('lets exactly five of fifty guesses at once be looked at', async () => {
    const { reserve, decide } = attemptsAt()
    const budget = aBudget()
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => reserve(budget)))
    expect(outcomes.filter(({ outcome }) => outcome === 'reserved')).toHaveLength(5)
    expect(outcomes.filter(({ outcome }) => outcome === 'busy')).toHaveLength(45)
    await Promise.all(Array.from({ length: 5 }, () => decide(budget, 'wrong')))
    expect(await reserve(budget)).toMatchObject({ outcome: 'locked' })
  })

  it('does not let one right password clear the guesses that run beside it', async () => {
    const { reserve, decide } = attemptsAt()
    const budget = aBudget()
    await Promise.all(Array.from({ length: 5 }, () => reserve(budget)))
    await decide(budget, 'right')
    await Promise.all(Array.from({ length: 4 }, () => decide(budget, 'wrong')))
    expect(await reserve(budget)).toEqual({ outcome: 'reserved' })
    await decide(budget, 'wrong')
    expect(await reserve(budget)).toMatchObject({ outcome: 'locked' })
  })

  it('counts an attempt whose process died before it was decided', async () => {
    const { reserve, clock } = attemptsAt()
    const budget = aBudget()
    await Promise.all(Array.from({ length: 5 }, () => reserve(budget)))
    expect(await reserve(budget)).toEqual({ outcome: 'busy' })
    clock.advance(15_000)
    expect(await reserve(budget)).toMatchObject({ outcome: 'locked' })
  })
})

describe('a wait that grows', () => {
  const slow = { maxAttempts: 20, lockoutSeconds: 1_800, delay: { afterFailures: 3, firstSeconds: 1 } }

  const slowlyAt = () => {
    const clock = createClock()
    const { reserve, decide } = createLoginAttempts({ pool: database.pool, policy: slow })
    return {
      clock,
      decide,
      reserve: (budget: AttemptBudget) => reserve(budget, clock.now()),
      fail: async (budget: AttemptBudget, times: number) => {
        for (let time = 0; time < times; time += 1) {
          expect(await reserve(budget, clock.now())).toEqual({ outcome: 'reserved' })
          await decide(budget, 'wrong')
        }
      },
    }
  }

  it('begins after so many failures, doubles with each, and is never longer than a minute', async () => {
    const { clock, reserve, fail } = slowlyAt()
    const budget = aBudget()
    await fail(budget, 3)
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60, 60]) {
      const until = new Date(clock.now().getTime() + seconds * 1_000)
      expect(await reserve(budget)).toEqual({ outcome: 'locked', until })
      clock.advance(seconds * 1_000)
      await fail(budget, 1)
    }
  })

  it('lets one of many at once through when it is over, and ends with a right password', async () => {
    const { clock, reserve, decide, fail } = slowlyAt()
    const budget = aBudget()
    await fail(budget, 3)
    clock.advance(1_000)
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => reserve(budget)))
    expect(outcomes.filter(({ outcome }) => outcome === 'reserved')).toHaveLength(1)
    expect(outcomes.filter(({ outcome }) => outcome === 'busy')).toHaveLength(19)
    await decide(budget, 'right')
    expect(await reserve(budget)).toEqual({ outcome: 'reserved' })
  })

  it("is a known device's own: a stranger makes no owner wait", async () => {
    const { reserve, fail } = slowlyAt()
    const strangers = aBudget()
    await fail(strangers, 3)
    expect(await reserve({ ...strangers, knownDevice: 'device' as DeviceHash })).toEqual({
      outcome: 'reserved',
    })
  })
})
