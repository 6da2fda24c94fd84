/** CHECKLIST "Invariants under faults" 3: Redis may be emptied, stopped or killed; it logs nobody out and nobody in. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import {
  type Client,
  countResetMails,
  createClient,
  findBrokenPromises,
  type Load,
  type Person,
  register,
  type SuiteUnderFaults,
  signOut,
  startLoad,
  startSuite,
  useAccess,
  useRefresh,
} from '../../src/faults/index.ts'

describe('Redis lost under load', () => {
  let suite: SuiteUnderFaults
  let load: Load
  let client: Client
  const signedOut: Person[] = []
  beforeAll(async () => {
    suite = await startSuite()
    client = createClient(suite.gateway)
    load = startLoad(suite.gateway)
    await load.log.untilCalm(performance.now())
    signedOut.push(await signOutSomebody())
    load.log.clear()
  })
  afterAll(async () => {
    await load?.stop()
    await client?.close()
    await suite?.stop()
  })

  const signOutSomebody = async (): Promise<Person> => {
    const person = await register(client)
    await signOut(client, person)
    return person
  }

  /** Over and over while caches end and connections come back: never a 200, nor a 503 that hides one. */
  const expectStillSignedOut = async (): Promise<void> => {
    for (let round = 1; round <= 20; round += 1) {
      for (const person of signedOut) expect(await useAccess(client, person)).toBe(401)
      await delay(50)
    }
    for (const person of signedOut) expect(await useRefresh(client, person)).toBe(401)
  }

  const expectGoesOn = async (sinceMs: number): Promise<void> => {
    await load.log.untilCalm(sinceMs)
    expect(load.log.unexpected('503')).toEqual([])
    expect(load.ledger.violations).toEqual([])
    load.log.clear()
  }

  it('flushed: not one call fails, and who signed out stays out', async () => {
    const redis = new Redis(suite.stack.info().redis_url)
    for (const _ of ['once', 'twice', 'three times']) {
      await redis.flushall()
      await expectStillSignedOut()
    }
    redis.disconnect()
    await load.log.untilCalm(performance.now())
    expect(load.log.unexpected()).toEqual([])
    expect(load.ledger.violations).toEqual([])
  })

  it('stopped: users go on, and a logout holds at once and after Redis is back', async () => {
    const awayAtMs = performance.now()
    await suite.takeAway('redis', 'SIGTERM')
    await expectGoesOn(awayAtMs)
    signedOut.push(await signOutSomebody())
    await expectStillSignedOut()
    await suite.bringBack('redis')
    await expectStillSignedOut()
    await expectGoesOn(performance.now())
  })

  it('back, and empty: who signed out before or meanwhile stays out', async () => {
    await suite.takeAway('redis', 'SIGTERM')
    signedOut.push(await signOutSomebody())
    await rm(join(suite.dataDir, 'redis/appendonlydir'), { recursive: true })
    await suite.bringBack('redis')
    await expectStillSignedOut()
    await expectGoesOn(performance.now())
  })

  it('killed in the moment of a logout, which its file may have missed: the logout holds', async () => {
    signedOut.push(await signOutSomebody())
    await suite.killAndAwait('redis')
    await expectStillSignedOut()
    await expectGoesOn(performance.now())
  })

  it('nobody was logged out, nothing acknowledged was lost, every reset mail arrives', async () => {
    await load.stop()
    expect(load.ledger.accounts.length).toBeGreaterThanOrEqual(load.users)
    expect(await findBrokenPromises(client, load.ledger)).toEqual([])
    const asked = load.ledger.accounts.filter(({ resets }) => resets.acknowledged > 0)
    await eventually(
      async () => {
        const mails = await countResetMails(suite.mailbox)
        expect(asked.filter(({ email }) => !mails.has(email))).toEqual([])
      },
      { timeoutMs: 40_000, intervalMs: 500 },
    )
  })
})
