/**
 * CHECKLIST 41: no token, code, password or secret in logs, job payloads, traces or metrics. Secrets that can be told
 * from everything else go through every journey, also where they do not belong and while a service is away; then all
 * that the suite has left behind is searched for them.
 */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createPlainBrowser, eventually } from '@latchkey/testkit'
import { createAuthenticatorApp } from '../src/authenticator-app.ts'
import { call } from '../src/call.ts'
import {
  findSecrets,
  type Haystack,
  logsOf,
  metricsOf,
  postgresOf,
  type RedisWitness,
  witnessRedis,
} from '../src/haystacks.ts'
import { mailsTo, requestReset, verificationTo } from '../src/mails.ts'
import { aNotMeLink } from '../src/not-me-link.ts'
import { handOutOAuthSecrets } from '../src/oauth-secrets.ts'
import { inviteByMail, makeOrganization } from '../src/organizations.ts'
import { type OtlpCollector, startOtlpCollector } from '../src/otlp-collector.ts'
import { handOutPasskeySecrets } from '../src/passkey-secrets.ts'
import { aPerson, createDevice, type Device } from '../src/person.ts'
import { type OwnSuite, startSuite, withoutLimits } from '../src/suite.ts'

const planted = (): string => `Pl4nted!${randomBytes(9).toString('hex')}`

const passwords = {
  'first password': planted(),
  'changed password': planted(),
  'reset password': planted(),
  'refused password 1': `only-letters-${randomBytes(9).toString('hex').replaceAll(/\d/g, 'x')}`,
  'guessed password': planted(),
  'password of an unknown address': planted(),
  'password mistyped into a page': planted(),
  'password chosen on a page': planted(),
  'password in a query string': planted(),
  'password in broken JSON': planted(),
  'password in the wrong content type': planted(),
  'password in a member that is none': planted(),
  'password in Basic': planted(),
  'password while a service is away': planted(),
}
const madeUp = {
  'bearer that is none': planted(),
  'refresh token that is none': `lkr_${randomBytes(32).toString('base64url')}`,
  'reset token that is none': randomBytes(32).toString('base64url'),
  'token in a path': randomBytes(32).toString('base64url'),
  'cookie of another': planted(),
}
/** Given out by the suite. */
const given: Record<string, string> = {}

const person = aPerson({ password: passwords['first password'], name: 'Canary Bird' })
const email = { 'address of the user': person.email, 'address of nobody': aPerson().email }

let collector: OtlpCollector
let suite: OwnSuite
let witness: RedisWitness
let left: { logs: readonly Haystack[]; traces: readonly Haystack[]; metrics: readonly Haystack[] }

beforeAll(async () => {
  collector = await startOtlpCollector()
  suite = await startSuite({
    settings: {
      ...withoutLimits,
      LOG_LEVEL: 'DEBUG',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '200',
    },
  })
  witness = await witnessRedis(suite)
  await everyJourney()
  const metrics = await metricsOf(suite)
  await suite.stopProcesses()
  left = {
    logs: await logsOf(suite),
    traces: [{ where: 'traces', text: collector.bodies.join('\n') }],
    metrics,
  }
})
afterAll(async () => {
  witness?.close()
  collector?.close()
  await suite?.stop()
})

const keep = (name: string, tokens: { access_token: string; refresh_token: string }): void => {
  given[`access token of ${name}`] = tokens.access_token
  given[`signature of the access token of ${name}`] = tokens.access_token.split('.')[2] ?? ''
  given[`refresh token of ${name}`] = tokens.refresh_token
}

const keepCookie = (name: string, device: Device): void => {
  given[`cookie of ${name}`] = device.cookies.get('latchkey_device') ?? ''
}

const everyJourney = async (): Promise<void> => {
  const laptop = createDevice(suite)
  const registered = await laptop.register(person)
  keep('the registration', registered)
  keepCookie('the laptop', laptop)
  const bearer = registered.access_token
  await laptop.send('GET', '/auth/me', { bearer })
  await laptop.send('PATCH', '/auth/me', { bearer, json: { metadata: { plan: 'free' } } })
  await laptop.send('GET', '/auth/sessions', { bearer })

  const phone = createDevice(suite)
  const onPhone = await phone.signIn(person)
  keep('the phone', onPhone)
  keepCookie('the phone', phone)
  const refreshed = await phone.refresh(onPhone.refresh_token)
  keep('the refresh', refreshed)
  const refreshedAgain = await phone.refresh(refreshed.refresh_token)
  keep('the second refresh', refreshedAgain)
  // A stolen one: the family ends.
  await phone.tryToRefresh(onPhone.refresh_token)

  await everyPage()
  await everyInvitation(bearer)
  await everyMail()
  Object.assign(given, await handOutOAuthSecrets(suite, person))
  Object.assign(given, await handOutPasskeySecrets(suite))

  const change = (current: string, next: string) =>
    laptop.send('PUT', '/auth/password', { bearer, json: { current_password: current, new_password: next } })
  await change(person.password, passwords['refused password 1'])
  await change(passwords['guessed password'], passwords['changed password'])
  await change(person.password, passwords['changed password'])
  await everySecondFactor()
  await everyMistake()
  await everyReset()
  await aNotice()
  await whileAServiceIsAway()
  const lastSignIn = () => createDevice(suite).signIn({ ...person, password: passwords['reset password'] })
  // The others find the service again within moments.
  const last = await eventually(lastSignIn, { timeoutMs: 20_000, intervalMs: 500 })
  keep('the last sign-in', last)
  await laptop.send('POST', '/auth/logout', { bearer: last.access_token })
}

const everyPage = async (): Promise<void> => {
  const browser = createPlainBrowser(suite.gateway)
  const login = await browser.open('/login')
  const refused = await browser.submit(login, {
    email: person.email,
    password: passwords['password mistyped into a page'],
  })
  const { email: address, password } = person
  await browser.submit(refused, { email: address, password })
  const newcomer = createPlainBrowser(suite.gateway)
  const { email: newAddress, name } = aPerson()
  const account = await newcomer.submit(await newcomer.open('/register'), {
    email: newAddress,
    name,
    password: passwords['password chosen on a page'],
  })
  expect(account.url.pathname).toBe('/account')
  for (const cookie of [...browser.cookies().split('; '), ...newcomer.cookies().split('; ')]) {
    const [cookieName = '', value = ''] = cookie.split('=')
    given[`cookie ${cookieName} ${value.slice(0, 4)}`] = value
  }
}

const everyInvitation = async (bearer: string): Promise<void> => {
  const organization = await makeOrganization(suite)
  const { path, token } = await inviteByMail(suite, organization, person.email)
  given['token of the invitation'] = token
  await createPlainBrowser(suite.gateway).open(path)
  const accepted = { bearer, json: { token } }
  expect((await call(suite.gateway, 'POST', '/auth/invitations/accept', accepted)).status).toBe(200)
}

const everyMistake = async (): Promise<void> => {
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const post = (path: string, body: string, headers: Record<string, string>) =>
    call(suite.gateway, 'POST', path, { body, headers })
  const guess = passwords['guessed password']
  for (const _ of Array(7)) await createDevice(suite).tryToSignIn({ ...person, password: guess })
  await createDevice(suite).tryToSignIn({
    email: email['address of nobody'],
    password: passwords['password of an unknown address'],
  })
  const inQuery = `password=${passwords['password in a query string']}&token=${madeUp['reset token that is none']}&code=${madeUp['token in a path']}`
  await call(suite.gateway, 'GET', `/auth/me?${inQuery}&access_token=${madeUp['bearer that is none']}`)
  await call(suite.gateway, 'GET', `/auth/nothing/${madeUp['token in a path']}?${inQuery}`)
  await call(suite.gateway, 'DELETE', `/auth/sessions/${madeUp['token in a path']}`, {
    bearer: madeUp['bearer that is none'],
  })
  await post('/auth/login', `{"password":"${passwords['password in broken JSON']}"`, {
    'Content-Type': 'application/json',
  })
  await post('/auth/login', `password=${passwords['password in the wrong content type']}`, form)
  await call(suite.gateway, 'POST', '/auth/register', {
    json: { ...person, [passwords['password in a member that is none']]: 1, email: guess, name: 5 },
  })
  const basic = Buffer.from(`client:${passwords['password in Basic']}`).toString('base64')
  await call(suite.gateway, 'GET', '/auth/me', { headers: { Authorization: `Basic ${basic}` } })
  await call(suite.gateway, 'GET', '/auth/me', { bearer: madeUp['bearer that is none'] })
  await call(suite.gateway, 'GET', '/auth/me', { bearer: madeUp['refresh token that is none'] })
  await call(suite.gateway, 'GET', '/auth/me', {
    headers: { Cookie: `session=${madeUp['cookie of another']}` },
  })
  await createDevice(suite).tryToRefresh(madeUp['refresh token that is none'])
  await call(suite.gateway, 'POST', '/auth/password/reset/confirm', {
    json: { token: madeUp['reset token that is none'], new_password: planted() },
  })
}

/** Of somebody else: the others sign in with a password alone. */
const everySecondFactor = async (): Promise<void> => {
  const holder = aPerson({ name: 'Canary Bird' })
  const device = createDevice(suite)
  const { access_token: bearer } = await device.register(holder)
  const begun = JSON.parse((await device.send('POST', '/auth/mfa/totp', { bearer })).text)
  given['secret of the app'] = begun.secret
  const app = createAuthenticatorApp(begun.secret)
  const json = { code: await app.freshCode() }
  const confirmed = await device.send('POST', '/auth/mfa/totp/confirm', { bearer, json })
  const codes: string[] = JSON.parse(confirmed.text).recovery_codes
  for (const [index, code] of codes.entries()) given[`recovery code ${index}`] = code
  const verify = async (code: string) => {
    const { mfa_token } = JSON.parse((await device.tryToSignIn(holder)).text)
    given[`challenge for ${Object.keys(given).length}`] = mfa_token
    return device.send('POST', '/auth/mfa/verify', { json: { mfa_token, code } })
  }
  expect((await verify(codes[0] ?? '')).status).toBe(200)
  expect((await verify(codes[0] ?? '')).status).toBe(401)
  const browser = createPlainBrowser(suite.gateway)
  const { email: address, password } = holder
  const asked = await browser.submit(await browser.open('/login'), { email: address, password })
  given['challenge of a page'] = asked.url.searchParams.get('challenge') ?? ''
  await browser.submit(asked, { code: codes[1] ?? '' })
}

const everyMail = async (): Promise<void> => {
  const browser = createPlainBrowser(suite.gateway)
  const { token } = await verificationTo(suite, person.email)
  given['verification token'] = token
  await browser.open(`/verify-email?token=${token}`)
  await browser.submit(await browser.open('/login/email'), { email: person.email })
  const { links } = await eventually(async () => {
    const mail = (await mailsTo(suite, person.email)).find(each =>
      each.links.some(link => link.includes('/login/email/confirm')),
    )
    if (mail === undefined) throw new Error('no mail to sign in with yet')
    return mail
  })
  const link = new URL(links.find(each => each.includes('/login/email/confirm')) ?? '')
  given['sign-in token'] = link.searchParams.get('token') ?? ''
  await browser.submit(await browser.open(link.pathname + link.search), {})
  await call(suite.gateway, 'POST', '/auth/email/verify', { json: { token } })
}

const everyReset = async (): Promise<void> => {
  await call(suite.gateway, 'POST', '/auth/password/reset', { json: { email: email['address of nobody'] } })
  const unused = await requestReset(suite, person.email)
  given['unused reset token'] = unused.token
  const { token } = await requestReset(suite, person.email)
  given['reset token'] = token
  await call(suite.gateway, 'GET', `/reset-password?token=${token}`)
  const submit = (password: string) =>
    call(suite.gateway, 'POST', '/reset-password', {
      body: new URLSearchParams({ token, new_password: password }).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    })
  await submit(passwords['refused password 1'])
  expect((await submit(passwords['reset password'])).status).toBe(303)
}

/** Opened, and answered as it can't be: a notice of a sign-in is no review. */
const aNotice = async (): Promise<void> => {
  const { pathname, search, searchParams } = new URL(await aNotMeLink(suite, person.email), suite.gateway)
  const token = searchParams.get('token') ?? ''
  given['token of a notice'] = token
  await call(suite.gateway, 'GET', `${pathname}${search}`)
  await call(suite.gateway, 'POST', pathname, {
    body: new URLSearchParams({ token, decision: 'me' }).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  })
}

const whileAServiceIsAway = async (): Promise<void> => {
  const token = suite.processes.token
  token?.kill('SIGKILL')
  await createDevice(suite).tryToSignIn({ ...person, password: passwords['reset password'] })
  await createDevice(suite).tryToRefresh(madeUp['refresh token that is none'])
  await call(suite.gateway, 'POST', '/auth/register', {
    json: aPerson({ password: passwords['password while a service is away'] }),
  })
  await token?.whenReady()
}

const secrets = () => ({ ...passwords, ...madeUp, ...given })

describe('planted secrets', () => {
  it('were planted: what may be found is found', async () => {
    expect(Object.values(secrets()).every(secret => secret.length > 20)).toBe(true)
    expect(findSecrets({ name: person.name }, await postgresOf(suite))).not.toEqual([])
    expect(findSecrets({ queue: 'bull:email:' }, witness.heard())).toEqual(['queue in redis'])
    expect(findSecrets({ route: '/auth/login' }, left.logs)).toContain('route in gateway.log')
    expect(findSecrets({ route: '/auth/login' }, left.metrics)).toEqual(['route in metrics'])
    expect(findSecrets({ call: 'SessionService/CreateSession' }, left.traces)).toEqual(['call in traces'])
    const services = ['gateway', 'identity', 'token', 'session', 'notification', 'notification-worker']
    const inTraces = Object.fromEntries(services.map(name => [name, `"stringValue":"${name}"`]))
    expect(findSecrets(inTraces, left.traces)).toHaveLength(services.length)
  })

  it('are in no log', () => {
    expect(findSecrets(secrets(), left.logs)).toEqual([])
  })

  it('are in no trace', () => {
    expect(findSecrets(secrets(), left.traces)).toEqual([])
  })

  it('are in no metric', () => {
    expect(findSecrets(secrets(), left.metrics)).toEqual([])
  })

  it('were never sent to Redis: no key, no value, no job', () => {
    expect(findSecrets(secrets(), witness.heard())).toEqual([])
  })

  it('are in no row of Postgres: no table, no outbox, raw reset tokens included', async () => {
    expect(findSecrets(secrets(), await postgresOf(suite))).toEqual([])
  })
})

describe('full addresses', () => {
  it('are in no log, trace or metric', () => {
    const haystacks = [...left.logs, ...left.traces, ...left.metrics]
    expect(findSecrets(email, haystacks)).toEqual([])
  })
})
