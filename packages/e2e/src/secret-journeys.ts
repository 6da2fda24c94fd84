/**
 * Every journey of users of the first-party API and the pages, with planted secrets on it, also where they do not belong
 * and while a service is away.
 */
import { createPlainBrowser, eventually } from '@latchkey/testkit'
import { createAuthenticatorApp } from './authenticator-app.ts'
import { type Answer, call } from './call.ts'
import { mailsTo, requestReset, verificationTo } from './mails.ts'
import { aNotMeLink } from './not-me-link.ts'
import { handOutOAuthSecrets } from './oauth-secrets.ts'
import { inviteByMail, makeOrganization } from './organizations.ts'
import { handOutPasskeySecrets } from './passkey-secrets.ts'
import { aPerson, createDevice, type Device } from './person.ts'
import { type PlantedSecrets, planted } from './planted-secrets.ts'
import type { OwnSuite } from './suite.ts'

type Given = Record<string, string>

interface Trail extends PlantedSecrets {
  readonly suite: OwnSuite
  readonly given: Given
}

/** A journey that goes another way than meant would prove nothing. */
const insistOn = (status: number, answer: Answer): void => {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`)
}

const keep = (given: Given, name: string, tokens: { access_token: string; refresh_token: string }): void => {
  given[`access token of ${name}`] = tokens.access_token
  given[`signature of the access token of ${name}`] = tokens.access_token.split('.')[2] ?? ''
  given[`refresh token of ${name}`] = tokens.refresh_token
}

const keepCookie = (given: Given, name: string, device: Device): void => {
  given[`cookie of ${name}`] = device.cookies.get('latchkey_device') ?? ''
}

/** @returns what the suite has given out on the way, by names that say what each is */
export const everyJourney = async (suite: OwnSuite, secrets: PlantedSecrets): Promise<Given> => {
  const given: Record<string, string> = {}
  const trail = { suite, given, ...secrets }
  const { person, passwords } = secrets

  const laptop = createDevice(suite)
  const registered = await laptop.register(person)
  keep(given, 'the registration', registered)
  keepCookie(given, 'the laptop', laptop)
  const bearer = registered.access_token
  await laptop.send('GET', '/auth/me', { bearer })
  await laptop.send('PATCH', '/auth/me', { bearer, json: { metadata: { plan: 'free' } } })
  await laptop.send('GET', '/auth/sessions', { bearer })

  const phone = createDevice(suite)
  const onPhone = await phone.signIn(person)
  keep(given, 'the phone', onPhone)
  keepCookie(given, 'the phone', phone)
  const refreshed = await phone.refresh(onPhone.refresh_token)
  keep(given, 'the refresh', refreshed)
  const refreshedAgain = await phone.refresh(refreshed.refresh_token)
  keep(given, 'the second refresh', refreshedAgain)
  // A stolen one: the family ends.
  await phone.tryToRefresh(onPhone.refresh_token)

  await everyPage(trail)
  await everyInvitation(trail, bearer)
  await everyMail(trail)
  Object.assign(given, await handOutOAuthSecrets(suite, person))
  Object.assign(given, await handOutPasskeySecrets(suite))

  const change = (current: string, next: string) =>
    laptop.send('PUT', '/auth/password', { bearer, json: { current_password: current, new_password: next } })
  await change(person.password, passwords['refused password 1'])
  await change(passwords['guessed password'], passwords['changed password'])
  await change(person.password, passwords['changed password'])
  await everySecondFactor(trail)
  await everyMistake(trail)
  await everyReset(trail)
  await aNotice(trail)
  await whileAServiceIsAway(trail)
  const lastSignIn = () => createDevice(suite).signIn({ ...person, password: passwords['reset password'] })
  // The others find the service again within moments.
  const last = await eventually(lastSignIn, { timeoutMs: 20_000, intervalMs: 500 })
  keep(given, 'the last sign-in', last)
  await laptop.send('POST', '/auth/logout', { bearer: last.access_token })
  return given
}

const everyPage = async ({ suite, passwords, given, person }: Trail): Promise<void> => {
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
  if (account.url.pathname !== '/account') throw new Error(`nobody was registered on a page: ${account.url}`)
  for (const cookie of [...browser.cookies().split('; '), ...newcomer.cookies().split('; ')]) {
    const [cookieName = '', value = ''] = cookie.split('=')
    given[`cookie ${cookieName} ${value.slice(0, 4)}`] = value
  }
}

const everyInvitation = async ({ suite, given, person }: Trail, bearer: string): Promise<void> => {
  const organization = await makeOrganization(suite)
  const { path, token } = await inviteByMail(suite, organization, person.email)
  given['token of the invitation'] = token
  await createPlainBrowser(suite.gateway).open(path)
  const accepted = { bearer, json: { token } }
  insistOn(200, await call(suite.gateway, 'POST', '/auth/invitations/accept', accepted))
}

const everyMistake = async ({ suite, passwords, madeUp, person, email }: Trail): Promise<void> => {
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
const everySecondFactor = async ({ suite, given }: Trail): Promise<void> => {
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
  insistOn(200, await verify(codes[0] ?? ''))
  insistOn(401, await verify(codes[0] ?? ''))
  const browser = createPlainBrowser(suite.gateway)
  const { email: address, password } = holder
  const asked = await browser.submit(await browser.open('/login'), { email: address, password })
  given['challenge of a page'] = asked.url.searchParams.get('challenge') ?? ''
  await browser.submit(asked, { code: codes[1] ?? '' })
}

const everyMail = async ({ suite, given, person }: Trail): Promise<void> => {
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

const everyReset = async ({ suite, passwords, given, person, email }: Trail): Promise<void> => {
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
  insistOn(303, await submit(passwords['reset password']))
}

/** Opened, and answered as it can't be: a notice of a sign-in is no review. */
const aNotice = async ({ suite, given, person }: Trail): Promise<void> => {
  const { pathname, search, searchParams } = new URL(await aNotMeLink(suite, person.email), suite.gateway)
  const token = searchParams.get('token') ?? ''
  given['token of a notice'] = token
  await call(suite.gateway, 'GET', `${pathname}${search}`)
  await call(suite.gateway, 'POST', pathname, {
    body: new URLSearchParams({ token, decision: 'me' }).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  })
}

const whileAServiceIsAway = async ({ suite, passwords, madeUp, person }: Trail): Promise<void> => {
  const token = suite.processes.token
  token?.kill('SIGKILL')
  await createDevice(suite).tryToSignIn({ ...person, password: passwords['reset password'] })
  await createDevice(suite).tryToRefresh(madeUp['refresh token that is none'])
  await call(suite.gateway, 'POST', '/auth/register', {
    json: aPerson({ password: passwords['password while a service is away'] }),
  })
  await token?.whenReady()
}
