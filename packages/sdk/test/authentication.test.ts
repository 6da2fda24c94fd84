import { describe, expect, it } from '@jest/globals'
import {
  type AccessTokenClaims,
  type AuthenticationRule,
  assertAuthentication,
  InsufficientUserAuthenticationError,
} from '../src/index.ts'
import { createIssuer, someClaims } from './issuer.ts'
import { servers } from './servers.ts'

const at = await createIssuer()
const now = new Date('2026-11-26T12:00:00Z')
const before = (seconds: number) => now.getTime() / 1_000 - seconds
const mfa = 'urn:latchkey:acr:mfa'

const isGood = (claims: Partial<AccessTokenClaims>, rule: AuthenticationRule): boolean => {
  try {
    assertAuthentication({ ...someClaims, ...claims }, rule, now)
    return true
  } catch (error) {
    if (error instanceof InsufficientUserAuthenticationError) return false
    throw error
  }
}

describe('RFC 9470 §3: how the user has signed in', () => {
  it.each<[Partial<AccessTokenClaims>, AuthenticationRule, boolean]>([
    [{ acr: mfa }, { acrValues: [mfa, 'phr'] }, true],
    [{ acr: 'urn:latchkey:acr:sfa' }, { acrValues: [mfa, 'phr'] }, false],
    [{}, { acrValues: [mfa] }, false],
    [{ auth_time: before(600) }, { maxAge: 600 }, true],
    [{ auth_time: before(601) }, { maxAge: 600 }, false],
    [{}, { maxAge: 600 }, false],
    [{ acr: mfa, auth_time: before(601) }, { acrValues: [mfa], maxAge: 600 }, false],
  ])('%j by %j: %s', (claims, rule, good) => {
    expect(
      isGood({ acr: undefined, auth_time: undefined, ...claims } as Partial<AccessTokenClaims>, rule),
    ).toBe(good)
  })

  it('is not asked by a rule that asks for nothing', () => {
    expect(() => assertAuthentication({}, {}, now)).toThrow(TypeError)
  })
})

describe.each(servers)('a resource server on %s', (_, start) => {
  it('tells the client what to ask for', async () => {
    const server = await start(at.aVerifier(), { authentication: { acrValues: [mfa, 'phr'], maxAge: 300 } })
    try {
      const ask = (claims: object) =>
        server.send('/orders', { headers: [['authorization', `Bearer ${at.aToken({ ...claims })}`]] })
      const refused = await ask({ acr: 'urn:latchkey:acr:sfa' })
      expect(refused.status).toBe(401)
      expect(refused.headers.get('www-authenticate')).toMatch(
        /^Bearer error="insufficient_user_authentication", error_description="[^"]+", acr_values="urn:latchkey:acr:mfa phr", max_age="300"/,
      )
      const auth_time = Math.floor(Date.now() / 1_000)
      expect((await ask({ acr: 'phr', auth_time })).status).toBe(200)
    } finally {
      await server.close()
    }
  })
})
