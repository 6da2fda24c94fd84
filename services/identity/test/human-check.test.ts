import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import { type Elsewhere, startElsewhere } from './elsewhere.ts'
import { acceptGoodToken } from './human-check-provider.ts'
import {
  type Answer,
  errorsOf,
  goodPassword,
  type IdentityUnderTest,
  startIdentity,
} from './identity-under-test.ts'
import { createPasskeyHolder } from './passkey-visitor.ts'

let identity: IdentityUnderTest
let provider: Elsewhere
beforeAll(async () => {
  provider = await startElsewhere(() => ({ status: 200 }))
  identity = await startIdentity({
    env: {
      CHALLENGE_VERIFY_URL: `${provider.url}/siteverify`,
      CHALLENGE_SECRET: 'secret-of-the-site',
      CHALLENGE_SITE_KEY: 'site-key',
      CHALLENGE_SCRIPT_URL: 'https://challenges.example/api.js',
      CHALLENGE_AFTER_FAILURES: '3',
      EMAIL_SIGN_IN: 'both',
      OUTBOUND_ALLOWED_NETWORKS: '127.0.0.0/8',
      RATE_LIMIT_ALLOWLIST: '192.0.2.0/24',
    },
  })
})
afterAll(async () => {
  await identity.close()
  await provider.close()
})

beforeEach(() => {
  provider.asked.length = 0
  provider.answer(acceptGoodToken)
})

const anAddress = () => `${createUuid()}@example.com`
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })

const post = (path: string, address: string, body: object) =>
  identity.call('POST', path, { body, ...from(address) })

const logIn = (address: string, email: string, password: string, more: object = {}): Promise<Answer> =>
  post('/auth/login', address, { email, password, ...more })

/** Counting does not keep the answer waiting. */
const failUntilAsked = async (address: string) => {
  for (let time = 0; time < 3; time += 1) await logIn(address, anAddress(), 'a guess')
  await eventually(async () => expect((await logIn(address, anAddress(), 'a guess')).status).toBe(403))
}

describe('CHALLENGE_VERIFY_URL', () => {
  it('asks nobody who comes from where nothing has failed', async () => {
    const { email, password } = await identity.register()
    expect((await logIn('203.0.113.10', email, password)).status).toBe(200)
    expect(provider.asked).toEqual([])
  })

  it('asks at sign-in, registration and reset after failures of the address, and says how to go on', async () => {
    const { email, password } = await identity.register()
    const address = '198.51.100.1'
    await failUntilAsked(address)
    const refused = await logIn(address, email, password)
    expect(refused.status).toBe(403)
    expect(refused.body).toMatchObject({
      code: 'CHALLENGE_REQUIRED',
      challenge: {
        field: 'challenge_token',
        site_key: 'site-key',
        script_url: 'https://challenges.example/api.js',
      },
    })
    const registration = { email: anAddress(), password: goodPassword, name: 'Jo' }
    expect((await post('/auth/register', address, registration)).status).toBe(403)
    expect((await post('/auth/password/reset', address, { email })).status).toBe(403)

    const wrong = await logIn(address, email, password, { challenge_token: 'bad' })
    expect(wrong.status).toBe(403)
    expect(errorsOf(wrong)).toEqual(['challenge_token: challenge_failed'])
    expect((await logIn(address, email, password, { challenge_token: 'good' })).status).toBe(200)
    expect((await post('/auth/password/reset', address, { email, challenge_token: 'good' })).status).toBe(200)
    const asked = new URLSearchParams(provider.asked.at(-1)?.body)
    expect(Object.fromEntries(asked)).toEqual({
      secret: 'secret-of-the-site',
      response: 'good',
      remoteip: address,
    })
  })

  it('counts a network, too: whoever goes from address to address is asked in the end', async () => {
    for (let index = 1; index <= 15; index += 1) await logIn(`198.18.7.${index}`, anAddress(), 'a guess')
    await eventually(async () =>
      expect((await logIn('198.18.7.99', anAddress(), 'a guess')).status).toBe(403),
    )
    expect((await logIn('198.18.8.1', anAddress(), 'a guess')).status).toBe(401)
  })

  it.each([
    ['fails', () => ({ status: 500 })],
    ['answers something else', () => ({ status: 200, body: '<html>' })],
  ])('answers 503 with Retry-After while who verifies %s', async (what, answering) => {
    const address = `198.51.100.${100 + what.length}`
    await failUntilAsked(address)
    provider.answer(answering)
    const answer = await logIn(address, anAddress(), 'a guess', { challenge_token: 'good' })
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('asks nobody of RATE_LIMIT_ALLOWLIST', async () => {
    for (let time = 0; time < 6; time += 1)
      expect((await logIn('192.0.2.1', anAddress(), 'a guess')).status).toBe(401)
  })
})

const metric = async (name: string): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${identity.ports.management}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

const signInsOf = (way: string, outcome: string) =>
  metric(`identity_sign_ins_total\\{way="${way}",outcome="${outcome}"[^}]*\\}`)

describe('the ways in beside a password', () => {
  it('count a passkey that is not ours against its network, and ask nobody for a challenge who has a passkey', async () => {
    const address = '198.51.100.2'
    const holder = createPasskeyHolder(identity)
    const user = await identity.register()
    await holder.enrol(user.bearer)
    const before = await signInsOf('passkey', 'wrong')
    for (let time = 0; time < 3; time += 1) {
      const made = await holder.assertion({ credentialId: Buffer.alloc(32, time) })
      expect((await holder.signIn(made, from(address))).status).toBe(401)
    }
    await eventually(async () => expect((await logIn(address, anAddress(), 'a guess')).status).toBe(403))
    expect(await signInsOf('passkey', 'wrong')).toBe(before + 3)
    expect((await holder.signIn(await holder.assertion(), from(address))).status).toBe(200)
  })

  it('count a wrong code of a mail against its network, among the accounts that are tried, and no old link', async () => {
    const before = await signInsOf('email_code', 'wrong')
    const confirm = (address: string, body: object) => post('/auth/email/sign-in/confirm', address, body)
    const readers = '198.51.100.3'
    for (let time = 0; time < 4; time += 1)
      expect((await confirm(readers, { token: createUuid() })).status).toBe(400)
    const address = '198.51.101.4'
    for (let time = 0; time < 3; time += 1)
      expect((await confirm(address, { email: anAddress(), code: '00000000' })).status).toBe(400)
    await eventually(async () => expect((await logIn(address, anAddress(), 'a guess')).status).toBe(403))
    expect((await logIn(readers, anAddress(), 'a guess')).status).toBe(401)
    expect(await signInsOf('email_code', 'wrong')).toBe(before + 3)
    const accounts = await identity.redis.pfcount('failed_from:accounts:198.51.101.0/24')
    expect(accounts).toBeGreaterThanOrEqual(3)
  })

  it('ask for a challenge before a mail is sent', async () => {
    const { email } = await identity.register()
    const address = '198.51.100.5'
    await failUntilAsked(address)
    expect((await post('/auth/email/sign-in', address, { email })).body.code).toBe('CHALLENGE_REQUIRED')
    const met = await post('/auth/email/sign-in', address, { email, challenge_token: 'good' })
    expect(met.status).toBe(200)
    const { code = '' } = await identity.mailTo(email, 'email_sign_in')
    expect((await post('/auth/email/sign-in/confirm', address, { email, code })).status).toBe(200)
  })
})

describe('credential stuffing', () => {
  it('shows as a network from which ever new accounts are tried, and in the ratio of success', async () => {
    const networks = 'identity_stuffing_networks(?:\\{[^}]*\\})?'
    const [before, failed] = [await metric(networks), await signInsOf('password', 'wrong')]
    const { email } = await identity.register()
    for (let time = 0; time < 4; time += 1) await logIn('2001:db8:5::1', email, 'a guess')
    expect(await metric(networks)).toBe(before)
    for (let index = 1; index <= 12; index += 1) await logIn(`2001:db8:6::${index}`, anAddress(), 'a guess')
    await eventually(async () => expect(await metric(networks)).toBe(before + 1))
    expect(await signInsOf('password', 'wrong')).toBeGreaterThan(failed)
    expect(identity.logLines.join('\n')).toContain('credential stuffing?')
  })
})
