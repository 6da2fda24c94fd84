/** Organizations from the operator's command to the token of an application, and the invitation in between. */
import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { createPlainBrowser } from '@latchkey/testkit'
import { decodeJwt } from 'jose'
import { buildAuthorizationUrl, refreshTokenGrant } from 'openid-client'
import { type Application, createApplication, loopbackRedirectUri } from '../src/application.ts'
import { call } from '../src/call.ts'
import { type Called, latchkey } from '../src/latchkey.ts'
import { mailTo } from '../src/mails.ts'
import { createOperator } from '../src/operator.ts'
import { inviteByMail } from '../src/organizations.ts'
import { aPerson, createDevice } from '../src/person.ts'
import { subjectsTold } from '../src/subjects.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'
import { aRow } from '../src/table-row.ts'

const scope = 'openid organization offline_access'
let suite: Suite
let application: Application
beforeAll(async () => {
  suite = await sharedSuite()
  const operator = await createOperator(suite)
  const client = await operator.makeClient({
    redirect_uris: [loopbackRedirectUri],
    scope,
    require_consent: false,
  })
  application = await createApplication(suite, { client })
})

const admin = (...words: string[]): Promise<Called> =>
  latchkey(['admin', 'org', ...words], { LATCHKEY_DATA_DIR: suite.dataDir })

const adminJson = async (...words: string[]): Promise<Record<string, unknown>> => {
  const { code, json, err } = await admin(...words, '--output', 'json')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return Object(json)
}

/** A change that tokens are to show. */
const change = async (...words: string[]) => {
  await adminJson(...words)
  await subjectsTold(suite)
}

const anOrganization = async (name = 'Acme Ltd') => {
  const slug = `org-${randomUUID()}`
  const { id } = await adminJson('create', slug, '--name', name)
  return { id: String(id), slug }
}

const aRegisteredPerson = async () => {
  const person = aPerson()
  const device = createDevice(suite)
  return { person, device, ...(await device.register(person)) }
}

describe('latchkey admin org', () => {
  it('creates, lists, shows, updates and deletes, and says who belongs to it', async () => {
    const { id, slug } = await anOrganization()
    expect((await admin('list', '--search', slug)).out).toMatch(aRow(id, slug, 'Acme Ltd', '0'))
    expect(await adminJson('update', slug, '--name', 'Acme Inc', '--dry-run')).toEqual({
      id,
      changes: [{ member: 'name', before: 'Acme Ltd', after: 'Acme Inc' }],
    })
    expect(await adminJson('update', slug, '--name', 'Acme Inc')).toMatchObject({ id, name: 'Acme Inc' })
    const { person, user } = await aRegisteredPerson()
    await adminJson('add-member', slug, person.email, '--role', 'owner')
    expect((await admin('members', slug)).out).toMatch(aRow(user.id, person.email, /.+/, 'owner'))
    expect(await admin('remove-member', id, user.id)).toMatchObject({
      code: 1,
      err: expect.stringContaining('without an owner'),
    })
    expect((await admin('delete', slug)).code).toBe(2)
    expect(await adminJson('delete', slug, '--yes')).toEqual({ deleted: id })
    expect((await admin('show', slug)).code).toBe(5)
    expect((await admin('show', id)).code).toBe(5)
  })

  it.each([
    [2, ['create', 'x']],
    [2, ['add-member', 'x']],
    [2, ['update', 'x']],
    [1, ['create', 'Big Slug', '--name', 'X']],
    [5, ['show', 'nothing']],
    [5, ['invite', 'nothing', 'a@example.com']],
    [2, ['invitations']],
    [5, ['invitations', 'nothing']],
    [2, ['withdraw-invitation', 'nothing']],
    [5, ['withdraw-invitation', 'nothing', 'a@example.com']],
  ])('exits with %i: %j', async (code, words) => {
    expect((await admin(...words)).code).toBe(code)
  })
})

describe('an application', () => {
  it('learns in which organization its user acts, and no more once they have left', async () => {
    const { person, user } = await aRegisteredPerson()
    const [acme, umbrella] = [await anOrganization(), await anOrganization('Umbrella')]
    for (const { slug } of [acme, umbrella]) await change('add-member', slug, user.id)
    const tokens = await application.signIn(person, { scope, organization: acme.slug })
    expect(tokens.claims()).toMatchObject({ org_id: acme.id, org_name: 'Acme Ltd' })
    expect(decodeJwt(tokens.access_token)).toMatchObject({ org_id: acme.id })
    await change('add-member', acme.slug, user.id, '--role', 'owner')
    const next = await refreshTokenGrant(application.config, tokens.refresh_token ?? '')
    expect(decodeJwt(next.access_token)).toMatchObject({ org_id: acme.id, org_roles: ['owner'] })
    await change('delete', acme.slug, '--yes')
    await expect(refreshTokenGrant(application.config, next.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
      error_description: 'The user is no longer a member of the organization',
    })
  })

  it('is refused an organization of others, and one that is not there, alike', async () => {
    const { person } = await aRegisteredPerson()
    const { slug } = await anOrganization()
    for (const organization of [slug, 'nothing'])
      await expect(application.signIn(person, { scope, organization })).rejects.toMatchObject({
        error: 'access_denied',
        error_description: 'The user is not a member of the organization',
      })
  })

  it('leaves the choice to a user of several, on a page without JavaScript', async () => {
    const { person, user } = await aRegisteredPerson()
    const [acme, umbrella] = [await anOrganization(), await anOrganization('Umbrella')]
    for (const { slug } of [acme, umbrella]) await change('add-member', slug, user.id)
    const browser = createPlainBrowser(suite.gateway)
    const url = buildAuthorizationUrl(application.config, {
      redirect_uri: loopbackRedirectUri,
      scope,
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    })
    let page = await browser.open(`${url.pathname}${url.search}`)
    page = await browser.submit(page, { email: person.email, password: person.password })
    expect(page.url.pathname).toBe('/oauth/organization')
    expect(page.html).toContain('Umbrella')
    page = await browser.submit(page, { organization: umbrella.id })
    if (page.url.pathname === '/oauth/consent') {
      expect(page.html).toContain('Umbrella')
      page = await browser.submit(page, { decision: 'allow' })
    }
    expect(page.url.href).toContain(`${loopbackRedirectUri}?code=`)
  })
})

describe('an invitation', () => {
  it('brings in somebody new, by registration and a button', async () => {
    const organization = await anOrganization()
    const guest = aPerson()
    const words = ['--role', 'owner', '--locale', 'en']
    expect(await adminJson('invite', organization.slug, guest.email, ...words)).toMatchObject({
      roles: ['owner'],
    })
    const mail = await mailTo(suite, guest.email)
    expect(mail.subject).toContain('Acme Ltd')
    const link = new URL(mail.links[0] ?? '')
    const browser = createPlainBrowser(suite.gateway)
    let page = await browser.open(`${link.pathname}${link.search}`)
    const [, register = ''] = /href="(\/register\?flow=[^"]+)"/.exec(page.html) ?? []
    page = await browser.open(register)
    page = await browser.submit(page, { ...guest })
    expect(page.url.pathname).toBe('/invitations/accept')
    expect(page.html).toContain(guest.email)
    page = await browser.submit(page, {})
    expect([page.url.pathname, page.url.search]).toEqual(['/invitations/accept', '?done=1'])
    const { access_token: bearer } = await createDevice(suite).signIn(guest)
    const own = await call(suite.gateway, 'GET', '/auth/organizations', { bearer })
    expect(own.json).toMatchObject({ organizations: [{ id: organization.id, roles: ['owner'] }] })
    expect((await browser.open(`${link.pathname}${link.search}`)).status).toBe(400)
  })

  it('is listed while it is open, and withdrawn by its address or its id', async () => {
    const organization = await anOrganization()
    const { slug } = organization
    const [guest, other] = [aPerson(), aPerson()]
    const { path } = await inviteByMail(suite, organization, guest.email)
    const { id } = await adminJson('invite', slug, other.email, '--role', 'owner')
    expect(await adminJson('invitations', slug)).toMatchObject({
      invitations: [{ id, email: other.email, roles: ['owner'] }, { email: guest.email }],
    })
    expect((await admin('invitations', slug)).out).toMatch(aRow(String(id), other.email, 'owner'))

    const withdraw = (...words: string[]) => adminJson('withdraw-invitation', slug, ...words)
    const about = { organization_id: organization.id, email: guest.email }
    expect(await withdraw(guest.email, '--dry-run')).toMatchObject({ would: 'withdraw-invitation', ...about })
    expect((await createPlainBrowser(suite.gateway).open(path)).status).toBe(200)
    expect(await withdraw(guest.email.toUpperCase())).toMatchObject({ done: 'withdraw-invitation', ...about })
    expect((await createPlainBrowser(suite.gateway).open(path)).status).toBe(400)
    expect(await withdraw(String(id))).toMatchObject({ id, email: other.email })
    expect(await adminJson('invitations', slug)).toEqual({ invitations: [] })
    expect((await admin('withdraw-invitation', slug, guest.email)).code).toBe(5)
  })

  it('is of no use to another account, whose form it refuses', async () => {
    const [guest, other] = [aPerson(), (await aRegisteredPerson()).person]
    const { path } = await inviteByMail(suite, await anOrganization(), guest.email)
    const browser = createPlainBrowser(suite.gateway)
    let page = await browser.open('/login')
    page = await browser.submit(page, { email: other.email, password: other.password })
    page = await browser.submit(await browser.open(path), {})
    expect(page.status).toBe(403)
    expect(page.html).toContain('another address')
  })
})

describe('members', () => {
  it('see and change nothing of other organizations, whatever id they send', async () => {
    const { slug, id } = await anOrganization()
    const [owner, stranger] = [await aRegisteredPerson(), await aRegisteredPerson()]
    await adminJson('add-member', slug, owner.user.id, '--role', 'owner')
    const own = await anOrganization()
    await adminJson('add-member', own.slug, stranger.user.id, '--role', 'owner')
    const bearer = stranger.access_token
    const path = `/auth/organizations/${id}/members`
    const answers = [
      await call(suite.gateway, 'GET', path, { bearer }),
      await call(suite.gateway, 'PUT', `${path}/${stranger.user.id}`, { bearer, json: { roles: ['owner'] } }),
      await call(suite.gateway, 'DELETE', `${path}/${owner.user.id}`, { bearer }),
      await call(suite.gateway, 'GET', `/auth/organizations/${randomUUID()}/members`, { bearer }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404])
    const refused = await call(suite.gateway, 'GET', `/admin/api/organizations/${id}`, { bearer })
    expect(refused.status).toBe(403)
  })
})
