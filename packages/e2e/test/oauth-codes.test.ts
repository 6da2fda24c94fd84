/** A code has at most one success (CHECKLIST 14, invariant 2), at two token services of which one is lost. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createPlainBrowser } from '@latchkey/testkit'
import { aPerson, createDevice, inParallel } from '../src/person.ts'
import { createPublicClientGrants, type PublicClientGrants } from '../src/public-client-grants.ts'
import { type OwnSuite, startSuite, withoutLimits } from '../src/suite.ts'

type Code = Awaited<ReturnType<PublicClientGrants['signIn']>>

let suite: OwnSuite
let grants: PublicClientGrants
beforeAll(async () => {
  suite = await startSuite({ settings: withoutLimits, replicas: { token: 2 } })
  const person = aPerson()
  await createDevice(suite).register(person)
  grants = await createPublicClientGrants(suite, person, 'openid profile')
})
afterAll(() => suite?.stop())

describe('CHECKLIST 14: a code', () => {
  it('succeeds once of twenty parallel redemptions at two token services', async () => {
    const { redeem } = await grants.signIn()
    const answers = await inParallel(20, redeem)
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 400)])
  })

  it('that comes again ends what it gave: access and refresh tokens', async () => {
    const { redeem, read } = await grants.signIn()
    const tokens = await read(await redeem())
    expect(await grants.userinfoStatus(tokens.access_token)).toBe(200)
    await expect(read(await redeem())).rejects.toMatchObject({
      error: 'invalid_grant',
      error_description: 'Authorization code expired or already used',
    })
    expect(await grants.userinfoStatus(tokens.access_token)).toBe(401)
    await expect(grants.refresh(tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' })
  })
})

describe('CHECKLIST invariant 2: a code has at most one success', () => {
  it('while one of two token services is killed and comes back', async () => {
    const browser = createPlainBrowser(suite.gateway)
    const codes: Code[] = []
    for (let n = 0; n < 15; n += 1) codes.push(await grants.signIn({}, {}, browser))
    /** The status, or 0 where the connection broke. */
    const statusOf = (code: Code) =>
      code
        .redeem()
        .then(({ status }) => status)
        .catch(() => 0)
    const attempts = codes.map(code => inParallel(3, () => statusOf(code)))
    suite.processes['token-2']?.kill('SIGKILL')
    const first = await Promise.all(attempts)
    await suite.processes['token-2']?.whenReady()
    const later = await inParallel(15, async n => {
      const code = codes[n]
      return code === undefined ? 0 : statusOf(code)
    })
    const successes = first.map(
      (statuses, n) => [...statuses, later[n]].filter(status => status === 200).length,
    )
    expect(successes.filter(count => count > 1)).toEqual([])
    expect([...first.flat(), ...later].filter(status => ![0, 200, 400, 503].includes(status))).toEqual([])
    expect(later.filter(status => status === 0 || status === 503)).toEqual([])
  })
})
