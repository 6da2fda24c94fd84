import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createClock } from '@latchkey/testkit'
import { type IdentityUnderTest, startIdentity } from './identity-under-test.ts'

const clock = createClock(new Date())
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({
    now: clock.now,
    env: {
      MAILS_PER_RECIPIENT_PER_HOUR: '4',
      MAILS_PER_SUBJECT_PER_HOUR: '3',
      MAILS_PER_ADDRESS_PER_HOUR: '5',
      MAILS_PER_NETWORK_PER_HOUR: '7',
      RATE_LIMIT_ALLOWLIST: '192.0.2.0/24',
    },
  })
})
afterAll(() => identity.close())

const from = (address: string) => ({ 'x-forwarded-for': address })
const exempt = '192.0.2.9'

const register = async (address: string, email = `quota-${createUuid()}@example.com`) => {
  const body = { email, password: 'Quiet-Harbour-42!', name: 'Jo' }
  const answer = await identity.call('POST', '/auth/register', { body, headers: from(address) })
  return { email, answer }
}
const reset = (email: string, address: string) =>
  identity.call('POST', '/auth/password/reset', { body: { email }, headers: from(address) })
const mailsTo = async (emails: readonly string[]) => {
  await identity.relayed()
  return identity.neighbours.notification.messages.filter(({ recipient }) => emails.includes(recipient))
    .length
}
const withheld = async (quota: string) => {
  const metrics = await (await fetch(`http://127.0.0.1:${identity.ports.management}/metrics`)).text()
  const values = [...metrics.matchAll(/^identity_mails_withheld_total\{([^}]*)\} (\d+)/gm)]
  return values.reduce(
    (sum, [, labels = '', value]) => sum + (labels.includes(`"${quota}"`) ? Number(value) : 0),
    0,
  )
}

describe('quotas of mails that anybody can ask for', () => {
  it('an account gets so many in an hour, whoever asks and whatever for; the answers do not tell', async () => {
    const { email } = await register(exempt)
    const answers = []
    for (let wish = 0; wish < 4; wish += 1) answers.push(await reset(email, `198.51.${wish}.1`))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(await mailsTo([email])).toBe(3)
    expect(await withheld('subject')).toBe(2)
    clock.advance(3_600_001)
    await reset(email, exempt)
    expect(await mailsTo([email])).toBe(4)
  })

  it('a mailbox gets so many, whatever tags its address is written with (RFC 5233)', async () => {
    const name = createUuid()
    const emails = ['a', 'b', 'c', 'd', 'e', 'f'].map(tag => `${name}+${tag}@example.com`)
    const answers = []
    for (const [index, email] of emails.entries())
      answers.push((await register(`198.51.${100 + index}.1`, email)).answer)
    expect(answers.map(({ status }) => status)).toEqual(emails.map(() => 201))
    expect(await mailsTo(emails)).toBe(4)
    const bearer = String(answers.at(-1)?.body.access_token)
    const { body } = await identity.call('GET', '/auth/me/export', { bearer })
    expect(body.mails_asked_for).toHaveLength(4)
  })

  it('an IP address has so many sent in an hour, to whomever: registrations and resets alike', async () => {
    const people = []
    for (let person = 0; person < 4; person += 1) people.push(await register('203.0.113.7'))
    const emails = people.map(({ email }) => email)
    for (const email of emails) await reset(email, '203.0.113.7')
    expect(await mailsTo(emails)).toBe(5)
    // Somebody else has a budget of their own.
    await reset(String(emails[3]), '198.51.100.1')
    expect(await mailsTo(emails)).toBe(6)
  })

  it('so does the network around it, which its owner moves in freely', async () => {
    const emails = []
    for (let host = 1; host <= 9; host += 1) emails.push((await register(`2001:db8:5:5::${host}`)).email)
    expect(await mailsTo(emails)).toBe(7)
    expect(await withheld('network')).toBe(2)
  })

  it('an allow-listed address is not counted, those that it mails are', async () => {
    const emails = []
    for (let person = 0; person < 8; person += 1) emails.push((await register(exempt)).email)
    expect(await mailsTo(emails)).toBe(8)
  })

  it('twenty at once count as twenty', async () => {
    const people = await Promise.all(
      Array.from({ length: 10 }, (_, host) => register(`2001:db8:6:6::${host}`)),
    )
    expect(people.map(({ answer }) => answer.status)).toEqual(Array(10).fill(201))
    expect(await mailsTo(people.map(({ email }) => email))).toBe(7)
  })

  it('notices are owed: what strangers ask for does not keep the owner from being told', async () => {
    const { email, answer } = await register(exempt)
    for (let wish = 0; wish < 5; wish += 1) await reset(email, exempt)
    expect(await mailsTo([email])).toBe(3)
    await identity.call('DELETE', '/auth/me', {
      bearer: String(answer.body.access_token),
      body: { password: 'Quiet-Harbour-42!' },
    })
    expect((await identity.mailTo(email, 'account_deleted')).count).toBe(1)
  })
})
