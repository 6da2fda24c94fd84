/** The first-party client of @latchkey/sdk against the suite: addresses, factors, passkeys, providers, organizations, data. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { type AuthProblemMfa, createAuthClient, isAuthProblem } from '@latchkey/sdk/client'
import { createPlainBrowser, eventually } from '@latchkey/testkit'
import { createSoftwareAuthenticator } from '@latchkey/testkit/passkeys'
import { createAuthenticatorApp } from '../src/authenticator-app.ts'
import { call } from '../src/call.ts'
import { continueWithDemo, signInUpstream } from '../src/demo-provider.ts'
import { codeIn, mailsTo, verificationTo } from '../src/mails.ts'
import { adminToken } from '../src/oauth-client.ts'
import { addMember, inviteByMail, makeOrganization } from '../src/organizations.ts'
import { aPerson, type Person } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const aClient = () => createAuthClient({ baseUrl: suite.gateway })

const somebody = async () => {
  const person = aPerson()
  const auth = aClient()
  await auth.register(person)
  return { auth, person, id: (await auth.me()).id }
}

/** What is in the newest mail with a link to `path`, once `count` of them are there. */
const mailWith = (email: string, path: string, count = 1) =>
  eventually(
    async () => {
      const mails = await mailsTo(suite, email)
      const [mail, ...older] = mails.filter(({ links }) => links.some(link => link.includes(path)))
      if (mail === undefined || older.length + 1 < count)
        throw new Error(`no mail with ${path} to ${email} yet`)
      const link = new URL(mail.links.find(each => each.includes(path)) ?? '')
      return { code: codeIn(mail), token: link.searchParams.get('token') ?? '' }
    },
    { timeoutMs: 20_000, intervalMs: 100 },
  )

/** What a sign-in is stopped with. */
const stoppedWith = async (code: 'MFA_REQUIRED' | 'MFA_ENROLMENT_REQUIRED', { email, password }: Person) => {
  const error = await aClient()
    .login({ email, password })
    .catch((caught: unknown) => caught)
  if (!isAuthProblem(error, code) || error.mfa === undefined) throw new Error('not stopped', { cause: error })
  return { mfa: error.mfa satisfies AuthProblemMfa, mfa_token: error.mfa.token }
}

const withApp = async () => {
  const { auth, person } = await somebody()
  const { secret, otpauth_uri, qr_svg } = await auth.mfa.beginTotp()
  expect([otpauth_uri, qr_svg]).toEqual([expect.stringContaining(secret), expect.stringContaining('<svg')])
  const app = createAuthenticatorApp(secret)
  const { factors, recovery_codes = [] } = await auth.mfa.confirmTotp({ code: await app.freshCode() })
  expect([factors.map(({ type }) => type), recovery_codes.length]).toEqual([['totp'], 10])
  return { auth, person, app, recoveryCodes: recovery_codes }
}

describe('addresses', () => {
  it('are verified by the code of whoever is signed in, by a code for an address, and by a link', async () => {
    const own = await somebody()
    await own.auth.email.verify({ code: (await verificationTo(suite, own.person.email)).code })
    await expect(own.auth.me()).resolves.toMatchObject({ email_verified: true })

    const named = await somebody()
    const { email } = named.person
    // Two on their way at once may arrive in either order.
    await verificationTo(suite, email)
    await named.auth.email.resendVerification()
    await aClient().email.verify({ email, code: (await verificationTo(suite, email, 2)).code })
    await expect(named.auth.me()).resolves.toMatchObject({ email_verified: true })

    const linked = await somebody()
    const { token } = await verificationTo(suite, linked.person.email)
    await aClient().email.verify({ token })
    await expect(aClient().email.verify({ token })).rejects.toMatchObject({
      code: 'INVALID_VERIFICATION_TOKEN',
    })
  })

  it('change once both have said yes, or are given up', async () => {
    const { auth, person } = await somebody()
    await auth.email.verify({ token: (await verificationTo(suite, person.email)).token })
    const email = aPerson().email
    const path = '/confirm-email-change'
    await auth.email.change({ email: aPerson().email })
    await mailWith(person.email, path)
    await auth.email.cancelChange()
    await auth.email.change({ email })
    expect(await auth.email.confirmChange({ code: (await mailWith(email, path)).code })).toBe('waiting')
    const { token } = await mailWith(person.email, path, 2)
    expect(await aClient().email.confirmChange({ token })).toBe('changed')
    await expect(auth.me()).resolves.toMatchObject({ email, email_verified: true })
  })

  it('are a way in, by code and by link', async () => {
    const { person } = await somebody()
    const { email } = person
    const [byCode, byLink] = [aClient(), aClient()]
    await byCode.email.requestSignIn({ email })
    const { code } = await mailWith(email, '/login/email/confirm')
    await byCode.email.confirmSignIn({ email, code })
    await byLink.email.requestSignIn({ email })
    const { token } = await mailWith(email, '/login/email/confirm', 2)
    await byLink.email.confirmSignIn({ token, remember_me: true })
    for (const auth of [byCode, byLink]) await expect(auth.me()).resolves.toMatchObject({ email })
  })
})

describe('second factors', () => {
  it('are set up, asked for at the sign-in, listed and removed', async () => {
    const { auth, person, app, recoveryCodes } = await withApp()
    const { mfa, mfa_token } = await stoppedWith('MFA_REQUIRED', person)
    expect(mfa).toMatchObject({ methods: ['totp', 'recovery_code'], expiresInSeconds: expect.any(Number) })
    const other = aClient()
    await expect(other.mfa.verify({ mfa_token, code: '000000' })).rejects.toMatchObject({
      code: 'INVALID_MFA_CODE',
    })
    expect(await other.mfa.verify({ mfa_token, code: await app.freshCode() })).toMatchObject({
      email: person.email,
    })
    const byList = aClient()
    const again = await stoppedWith('MFA_REQUIRED', person)
    await byList.mfa.verify({ ...again, code: recoveryCodes[0] ?? '', method: 'recovery_code' })
    expect(await byList.mfa.factors()).toMatchObject({ enabled: true, recovery_codes: { left: 9 } })

    expect(await auth.mfa.replaceRecoveryCodes()).toHaveLength(10)
    const [factor] = (await auth.mfa.factors()).factors
    await auth.mfa.removeFactor(factor?.id ?? '')
    await expect(auth.mfa.removeFactor(randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(auth.mfa.factors()).resolves.toMatchObject({ enabled: false })
  })

  it('are set up on the way in by who must have one', async () => {
    const { person, id } = await somebody()
    const bearer = await adminToken(suite, 'admin:users:write')
    const name = `role-${randomUUID()}`
    const asAdmin = (method: string, path: string, json?: object) =>
      call(suite.gateway, method, `/admin/api${path}`, { bearer, ...(json && { json }) })
    expect((await asAdmin('POST', '/roles', { name, require_mfa: true })).status).toBe(201)
    expect((await asAdmin('PUT', `/users/${id}/roles/${name}`)).status).toBe(204)

    const { mfa_token } = await stoppedWith('MFA_ENROLMENT_REQUIRED', person)
    const auth = aClient()
    const app = createAuthenticatorApp((await auth.mfa.enrol({ mfa_token })).secret)
    const enrolled = await auth.mfa.confirmEnrol({ mfa_token, code: await app.freshCode() })
    expect(enrolled).toEqual({ user: expect.objectContaining({ id }), recovery_codes: expect.any(Array) })
    await expect(auth.me()).resolves.toMatchObject({ id })
  })
})

describe('passkeys', () => {
  it('are added, renamed and removed, and sign in, as the only factor and as the second', async () => {
    const { auth, person, app } = await withApp()
    const authenticator = createSoftwareAuthenticator({ origin: suite.gateway, isSynced: true })
    const credential = authenticator.create(await auth.passkeys.addOptions())
    const added = await auth.passkeys.add({ credential, name: 'Blue key' })
    expect(added).toMatchObject({ name: 'Blue key', kind: 'synced', backed_up: true })
    expect(added).not.toHaveProperty('recovery_codes')
    expect(await auth.passkeys.rename(added.id, { name: 'Red key' })).toMatchObject({ name: 'Red key' })

    const alone = aClient()
    const assertion = authenticator.get(await alone.passkeys.signInOptions())
    expect(await alone.passkeys.signIn({ credential: assertion })).toMatchObject({ email: person.email })
    await expect(alone.passkeys.signIn({ credential: assertion })).rejects.toMatchObject({
      code: 'PASSKEY_REFUSED',
    })

    const second = aClient()
    const { mfa_token } = await stoppedWith('MFA_REQUIRED', person)
    const question = await second.passkeys.secondFactorOptions({ mfa_token })
    await second.passkeys.verify({ mfa_token, credential: authenticator.get(question) })
    expect((await second.passkeys.list()).map(({ id }) => id)).toEqual([added.id])

    const proof = authenticator.get(await second.passkeys.reauthenticateOptions())
    await second.passkeys.reauthenticate({ credential: proof })
    await second.reauthenticate({ code: await app.freshCode() })
    await second.passkeys.remove(added.id)
    await expect(second.passkeys.remove(added.id)).rejects.toMatchObject({ code: 'PASSKEY_NOT_FOUND' })
  })
})

describe('providers', () => {
  const redirectUri = 'http://localhost:3000/callback'
  const verifier = randomBytes(32).toString('base64url')
  const codeChallenge = createHash('sha256').update(verifier).digest('base64url')

  /** Somebody goes from an application to the demo provider and comes back to it. */
  const travel = async (auth: ReturnType<typeof aClient>, email: string) => {
    const request = { redirect_uri: redirectUri, code_challenge: codeChallenge }
    const { authorization_url: url, state } = await auth.providers.begin('demo', request)
    const back = await createPlainBrowser(suite.gateway).open(
      String(await signInUpstream(suite, url, { email })),
    )
    expect(`${back.url.origin}${back.url.pathname}`).toBe(redirectUri)
    expect(back.url.searchParams.get('state')).toBe(state)
    return { state, code: back.url.searchParams.get('code') ?? '' }
  }

  it('are listed, and a way in, for who has the verifier', async () => {
    const auth = aClient()
    const name = 'demo'
    expect(await auth.providers.list()).toEqual([{ name, display_name: 'Demo provider' }])
    await expect(auth.providers.begin('nobody', { redirect_uri: redirectUri })).rejects.toMatchObject({
      code: 'UNKNOWN_PROVIDER',
    })
    const { email } = aPerson()
    const stolen = await travel(auth, email)
    await expect(aClient().providers.signIn(name, stolen)).rejects.toMatchObject({
      code: 'INVALID_CODE_VERIFIER',
    })
    const proof = { ...(await travel(auth, email)), code_verifier: verifier }
    expect(await auth.providers.signIn(name, proof)).toMatchObject({ email, email_verified: true })
    await expect(auth.providers.signIn(name, proof)).rejects.toMatchObject({ code: 'INVALID_STATE' })
    const [account, ...others] = await auth.externalAccounts.list()
    expect([account, others]).toEqual([
      {
        id: expect.any(String),
        provider: name,
        email,
        linked_at: expect.any(String),
        last_used_at: expect.any(String),
      },
      [],
    ])
    await expect(auth.externalAccounts.unlink(account?.id ?? '')).rejects.toMatchObject({
      code: 'LAST_WAY_IN',
    })
  })

  it('that a user has linked at the page are listed and unlinked', async () => {
    const { auth, person } = await somebody()
    await auth.email.verify({ token: (await verificationTo(suite, person.email)).token })
    const browser = createPlainBrowser(suite.gateway)
    await browser.submit(await browser.open('/login'), { email: person.email, password: person.password })
    const { html } = await browser.open('/account/providers')
    const upstream = aPerson().email
    const linked = await continueWithDemo(
      suite,
      browser,
      html,
      { email: upstream },
      '/account/providers/connect',
    )
    expect(linked.url.searchParams.get('done')).toBe('linked')
    const [account] = await auth.externalAccounts.list()
    expect(account).toMatchObject({ provider: 'demo', email: upstream })
    await auth.externalAccounts.unlink(account?.id ?? '')
    expect(await auth.externalAccounts.list()).toEqual([])
    await expect(auth.externalAccounts.unlink(account?.id ?? '')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('the installation', () => {
  it('tells how it is', async () => {
    // What is too busy to answer in time is told of as one that is away.
    await eventually(async () =>
      expect(await aClient().health()).toMatchObject({
        status: 'healthy',
        dependencies: { identity: 'healthy' },
      }),
    )
  })
})

describe('organizations', () => {
  it('are listed, and their owners invite, withdraw, change and remove', async () => {
    const [owner, guest] = [await somebody(), await somebody()]
    const organization = await makeOrganization(suite)
    const { id } = organization
    await addMember(suite, organization, owner.id, ['owner'])
    const { organizations } = owner.auth
    await expect(organizations.list()).resolves.toMatchObject([{ id, name: 'Acme Ltd', roles: ['owner'] }])

    const withdrawn = await organizations.invite(id, { email: aPerson().email, locale: 'de' })
    await expect(organizations.invitations(id)).resolves.toEqual([withdrawn])
    await organizations.withdrawInvitation(id, withdrawn.id)
    await expect(organizations.withdrawInvitation(id, withdrawn.id)).rejects.toMatchObject({
      code: 'INVITATION_NOT_FOUND',
    })
    const { token } = await inviteByMail(suite, organization, guest.person.email)
    await expect(guest.auth.organizations.acceptInvitation({ token })).resolves.toMatchObject({ id })
    await expect(guest.auth.organizations.members(id)).rejects.toMatchObject({ code: 'NOT_AN_OWNER' })

    const first = await organizations.members(id, { limit: 1 })
    const rest = await organizations.members(id, { cursor: first.next_cursor ?? '' })
    const found = [...first.members, ...rest.members].map(({ user }) => user.id)
    expect(new Set(found)).toEqual(new Set([owner.id, guest.id]))
    await organizations.setRoles(id, guest.id, { roles: ['owner'] })
    await expect(guest.auth.organizations.list()).resolves.toMatchObject([{ roles: ['owner'] }])
    await organizations.removeMember(id, guest.id)
    await expect(organizations.removeMember(id, owner.id)).rejects.toMatchObject({ code: 'LAST_OWNER' })
  })
})

describe('data', () => {
  it('is exported to who has proven who they are, and the account is deleted', async () => {
    const { auth, person, id } = await somebody()
    await expect(auth.reauthenticate({ password: 'wrong' })).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    })
    await auth.reauthenticate({ password: person.password })
    expect(await auth.exportMe()).toMatchObject({
      exported_at: expect.any(String),
      user: { id, email: person.email },
      sessions: [{ id: expect.any(String) }],
      ended_sessions: [],
      known_addresses: [{ ip_address: expect.any(String), proven_at: expect.any(String) }],
      connected_apps: [],
      password: [expect.any(Object)],
    })
    await auth.deleteMe({ password: person.password })
    await expect(auth.me()).rejects.toMatchObject({ code: 'not_signed_in' })
  })
})
