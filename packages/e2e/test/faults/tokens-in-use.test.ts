/**
 * Tokens that applications hold, while parts of the suite are away: identity is needed by nobody, and what was revoked stays
 * so in every replica (SPEC §3 "When a part fails"; CHECKLIST 28, invariant 3).
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { Redis } from 'ioredis'
import * as oidc from 'openid-client'
import { type Application, createApplication } from '../../src/application.ts'
import { type SuiteUnderFaults, startSuite } from '../../src/faults/index.ts'

let suite: SuiteUnderFaults
let demo: Application
beforeAll(async () => {
  suite = await startSuite({ replicas: { token: 2 } })
  const { stack, dataDir } = suite
  demo = await createApplication({ ...stack.info(), dataDir }, { client: stack.info().demo })
})
afterAll(() => suite?.stop())

const signIn = async () => {
  const tokens = await demo.signIn(suite.stack.info().demo.user)
  return { ...tokens, refresh_token: tokens.refresh_token ?? '', sub: tokens.claims()?.sub ?? '' }
}

/** Asked more than once, so that each of two replicas is. */
const areActive = async (tokens: readonly string[]): Promise<boolean[]> => {
  const answers = [...tokens, ...tokens, ...tokens].map(token => oidc.tokenIntrospection(demo.config, token))
  return (await Promise.all(answers)).map(({ active }) => active)
}

const allOf = (active: boolean, tokens: readonly string[]) => tokens.flatMap(() => [active, active, active])

describe('identity away', () => {
  it('refresh, client credentials, introspection, UserInfo and revocation go on', async () => {
    const tokens = await signIn()
    await suite.takeAway('identity', 'SIGKILL')
    try {
      const next = await oidc.refreshTokenGrant(demo.config, tokens.refresh_token)
      const machine = await oidc.clientCredentialsGrant(demo.config)
      const held = [tokens.access_token, next.access_token, machine.access_token]
      expect(await areActive(held)).toEqual(allOf(true, held))
      const { email } = suite.stack.info().demo.user
      expect(await oidc.fetchUserInfo(demo.config, next.access_token, tokens.sub)).toMatchObject({ email })
      await oidc.tokenRevocation(demo.config, tokens.refresh_token)
      const revoked = [tokens.access_token, next.access_token, tokens.refresh_token]
      expect(await areActive(revoked)).toEqual(allOf(false, revoked))
    } finally {
      await suite.bringBack('identity')
    }
  })
})

describe('invariant 3: revoked stays revoked', () => {
  it('across restarts of both replicas of the token service and a Redis that is killed and emptied', async () => {
    const [revoked, kept] = [await eventually(signIn, { timeoutMs: 30_000, intervalMs: 200 }), await signIn()]
    const single = await signIn()
    await oidc.tokenRevocation(demo.config, revoked.refresh_token)
    await oidc.tokenRevocation(demo.config, single.access_token)
    const dead = [revoked.access_token, revoked.refresh_token, single.access_token]
    const alive = [kept.access_token, kept.refresh_token, single.refresh_token]

    await Promise.all(['token', 'token-2', 'redis'].map(suite.killAndAwait))
    const redis = new Redis(suite.stack.info().redis_url)
    await redis.flushall()
    redis.disconnect()
    await eventually(
      async () => {
        expect(await areActive(dead)).toEqual(allOf(false, dead))
        expect(await areActive(alive)).toEqual(allOf(true, alive))
      },
      { timeoutMs: 30_000, intervalMs: 200 },
    )
  })
})
