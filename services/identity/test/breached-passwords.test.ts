import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { type Elsewhere, startElsewhere } from './elsewhere.ts'
import {
  errorsOf,
  goodPassword,
  type IdentityUnderTest,
  otherPassword,
  startIdentity,
} from './identity-under-test.ts'

let identity: IdentityUnderTest
let range: Elsewhere
beforeAll(async () => {
  range = await startElsewhere(() => ({ status: 200 }))
  identity = await startIdentity({
    env: { BREACHED_PASSWORDS_URL: range.url, OUTBOUND_ALLOWED_NETWORKS: '127.0.0.0/8' },
  })
})
afterAll(async () => {
  await identity.close()
  await range.close()
})

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase()
const breached = 'Known-To-All-99!'

beforeEach(() => {
  range.answer(() => ({ status: 200, body: `${sha1(breached).slice(5)}:7\r\n${'0'.repeat(35)}:0\r\n` }))
  range.asked.length = 0
})

const register = (password: string) =>
  identity.call('POST', '/auth/register', {
    body: { email: `${createUuid()}@example.com`, password, name: 'Jo' },
  })

const lookups = async (outcome: string): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${identity.ports.management}/metrics`)).text()
  return Number(new RegExp(`lookups_total\\{[^}]*outcome="${outcome}"[^}]*\\} (\\d+)`).exec(text)?.[1] ?? 0)
}

describe('SP 800-63B-4 §3.1.1.2: a password that was breached', () => {
  it('is refused when it is chosen, at registration and at a change', async () => {
    const refused = await register(breached)
    expect(refused.status).toBe(400)
    expect(errorsOf(refused)).toEqual(['password: password_breached'])
    const { bearer } = await identity.register()
    const change = await identity.call('PUT', '/auth/password', {
      bearer,
      body: { current_password: goodPassword, new_password: breached },
    })
    expect(errorsOf(change)).toEqual(['new_password: password_breached'])
    expect(await lookups('breached')).toBeGreaterThanOrEqual(2)
  })

  it('is asked for by five digits of its SHA-1, with padding, and nothing else', async () => {
    await register(otherPassword)
    expect(
      range.asked.map(({ method, url, headers, body }) => [method, url, headers['add-padding'], body]),
    ).toEqual([['GET', `/range/${sha1(otherPassword).slice(0, 5)}`, 'true', '']])
    const sent = JSON.stringify(range.asked).toUpperCase()
    expect(sent).not.toContain(sha1(otherPassword).slice(0, 6))
  })

  it('is asked for once where the same form comes again', async () => {
    const password = 'Asked-Only-Once-1!'
    await register(password)
    await register(password)
    expect(range.asked).toHaveLength(1)
  })

  it('is not looked for when somebody signs in', async () => {
    const { email } = await identity.register({ password: 'Just-Signing-In-5!' })
    range.asked.length = 0
    await identity.login(email, 'Just-Signing-In-5!')
    expect(range.asked).toEqual([])
  })

  it.each([
    ['fails', () => ({ status: 500 })],
    ['is silent for more than a second', () => undefined],
  ])('keeps nobody out while the one who is asked %s: that is counted', async (what, answering) => {
    const before = await lookups('failed')
    range.answer(answering)
    expect((await register(`Nobody-Answers-${what.length}!`)).status).toBe(201)
    expect(await lookups('failed')).toBe(before + 1)
  })
})
