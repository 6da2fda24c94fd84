/** What users may do, as tokens say it: roles, and the organization that a grant is about. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Subject } from '@latchkey/contracts'
import { createUuid } from '@latchkey/runtime/ids'
import { hiddenFieldsOf } from '@latchkey/testkit'
import { decodeJwt } from 'jose'
import { redirectUri } from './a-client.ts'
import { aSubject } from './a-subject.ts'
import {
  type AuthorizeSuite,
  codeVerifier,
  locationOf,
  type RequestParameters,
  startAuthorizeSuite,
} from './authorize-under-test.ts'
import type { Browser } from './browser.ts'

let suite: AuthorizeSuite
let clientId: string
beforeAll(async () => {
  suite = await startAuthorizeSuite()
  const scope = 'openid profile roles organization offline_access'
  clientId = (await suite.newClient({ metadata: { require_consent: false, scope } })).id
})
afterAll(() => suite.close())

const acme = {
  organizationId: createUuid(),
  slug: 'acme',
  name: 'Acme Ltd',
  roles: ['owner'],
  permissions: ['p:1'],
}
const umbrella = {
  organizationId: createUuid(),
  slug: 'umbrella',
  name: 'Umbrella',
  roles: [],
  permissions: [],
}

/** Somebody signed in, of whom identity has told that. */
const somebody = async (members: Partial<Subject> = {}) => {
  const { browser, userId } = await suite.aSignedInBrowser()
  const tell = (version: number, changed: Partial<Subject>) =>
    suite.replica.client.updateSubject({ subject: aSubject({ userId, version, ...changed }) })
  await tell(2, members)
  return { browser, userId, tell }
}

const post = (parameters: Record<string, string>) =>
  suite.replica.postForm('/oauth/token', { client_id: clientId, ...parameters })

const redeem = async (location: ReturnType<typeof locationOf>) => {
  const code = location.parameters.code ?? ''
  return post({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
  })
}

const authorize = async (browser: Browser, parameters: RequestParameters) =>
  locationOf(await suite.authorize(browser, suite.aRequest(clientId, parameters)))

const tokensOf = async (browser: Browser, parameters: RequestParameters) => {
  const answer = await redeem(await authorize(browser, parameters))
  expect(answer.status).toBe(200)
  return answer.body as { access_token: string; id_token: string; refresh_token: string }
}

const refresh = (refreshToken: string, parameters: Record<string, string> = {}) =>
  post({ grant_type: 'refresh_token', refresh_token: refreshToken, ...parameters })

const userinfo = async (bearer: string) =>
  (await suite.replica.send('GET', '/oauth/userinfo', { bearer })).body

describe('the scope roles (RFC 9068 §2.2.3.1)', () => {
  it('puts roles and permissions into access tokens and userinfo, and none into the ID token', async () => {
    const { browser } = await somebody({ roles: ['editor'], permissions: ['posts:write'] })
    const tokens = await tokensOf(browser, { scope: 'openid roles' })
    const said = { roles: ['editor'], permissions: ['posts:write'] }
    expect(decodeJwt(tokens.access_token)).toMatchObject(said)
    expect(await userinfo(tokens.access_token)).toMatchObject(said)
    expect(decodeJwt(tokens.id_token)).not.toHaveProperty('roles')
  })

  it('is silent without it, and of somebody without roles', async () => {
    const { browser } = await somebody({ roles: ['editor'], permissions: ['posts:write'] })
    const without = await tokensOf(browser, { scope: 'openid profile' })
    for (const claims of [decodeJwt(without.access_token), await userinfo(without.access_token)]) {
      expect(claims).not.toHaveProperty('roles')
      expect(claims).not.toHaveProperty('permissions')
    }
    const nobody = await tokensOf((await somebody()).browser, { scope: 'openid roles' })
    expect(decodeJwt(nobody.access_token)).not.toHaveProperty('roles')
  })

  it('is no way for a client that may not have it, nor is the claims parameter', async () => {
    const { browser } = await somebody({ roles: ['editor'] })
    const other = await suite.newClient({ metadata: { require_consent: false } })
    const ask = async (parameters: RequestParameters) =>
      locationOf(await suite.authorize(browser, suite.aRequest(other.id, parameters))).parameters.error
    expect(await ask({ scope: 'openid roles' })).toBe('invalid_scope')
    const claims = JSON.stringify({ id_token: { roles: null } })
    expect(await ask({ scope: 'openid', claims })).toBe('invalid_scope')
  })

  it('gives them to the ID token where the claims parameter asks for it', async () => {
    const { browser } = await somebody({ roles: ['editor'] })
    const claims = JSON.stringify({ id_token: { roles: null } })
    const tokens = await tokensOf(browser, { scope: 'openid', claims })
    expect(decodeJwt(tokens.id_token)).toMatchObject({ roles: ['editor'] })
    expect(decodeJwt(tokens.access_token)).not.toHaveProperty('roles')
  })

  it('shows a change at the next refresh, and never an older state after it', async () => {
    const { browser, tell } = await somebody({ roles: ['editor'] })
    const first = await tokensOf(browser, { scope: 'openid roles' })
    await tell(3, { roles: ['admin', 'editor'], permissions: ['all'] })
    const { body } = await refresh(first.refresh_token)
    expect(decodeJwt(String(body.access_token))).toMatchObject({
      roles: ['admin', 'editor'],
      permissions: ['all'],
    })
    await tell(2, { roles: ['editor'] })
    const again = await refresh(String(body.refresh_token))
    expect(decodeJwt(String(again.body.access_token))).toMatchObject({ roles: ['admin', 'editor'] })
    await tell(4, {})
    const last = await refresh(String(again.body.refresh_token))
    expect(decodeJwt(String(last.body.access_token))).not.toHaveProperty('roles')
  })

  it('is left out of a refresh that asks for less', async () => {
    const { browser } = await somebody({ roles: ['editor'] })
    const first = await tokensOf(browser, { scope: 'openid roles' })
    const { body } = await refresh(first.refresh_token, { scope: 'openid' })
    expect(decodeJwt(String(body.access_token))).not.toHaveProperty('roles')
  })

  it('is in first-party tokens, at the sign-in and at each refresh', async () => {
    const { client } = suite.replica
    const userId = createUuid()
    const signedIn = await suite.signInWithApi(userId, { roles: ['editor'] })
    expect(decodeJwt(signedIn.accessToken)).toMatchObject({ roles: ['editor'], type: 'access' })
    await client.updateSubjects({ subjects: [aSubject({ userId, version: 2, roles: ['author'] })] })
    const { body } = await suite.replica.refresh(signedIn.refreshToken)
    expect(decodeJwt(String(body.access_token))).toMatchObject({ roles: ['author'] })
  })
})

describe('the scope organization', () => {
  const scope = 'openid organization'

  it.each([
    ['by id', acme.organizationId],
    ['by slug', 'acme'],
    ['by slug in capitals', 'ACME'],
  ])(
    'is about the one that is asked for, %s, in access token, ID token and userinfo',
    async (_how, organization) => {
      const { browser } = await somebody({ organizations: [umbrella, acme] })
      const tokens = await tokensOf(browser, { scope, organization })
      const said = {
        org_id: acme.organizationId,
        org_name: 'Acme Ltd',
        org_roles: ['owner'],
        org_permissions: ['p:1'],
      }
      expect(decodeJwt(tokens.access_token)).toMatchObject(said)
      expect(decodeJwt(tokens.id_token)).toMatchObject(said)
      expect(await userinfo(tokens.access_token)).toMatchObject(said)
      const { body } = await refresh(tokens.refresh_token)
      expect(decodeJwt(String(body.access_token))).toMatchObject(said)
      expect(decodeJwt(String(body.id_token))).toMatchObject(said)
    },
  )

  it('is the only one by itself, and silent of somebody who belongs to none', async () => {
    const member = await tokensOf((await somebody({ organizations: [umbrella] })).browser, { scope })
    expect(decodeJwt(member.access_token)).toMatchObject({
      org_id: umbrella.organizationId,
      org_name: 'Umbrella',
    })
    expect(decodeJwt(member.access_token)).not.toHaveProperty('org_roles')
    const nobody = await tokensOf((await somebody()).browser, { scope })
    expect(decodeJwt(nobody.access_token)).not.toHaveProperty('org_id')
    expect(decodeJwt(nobody.id_token)).not.toHaveProperty('org_id')
  })

  it('refuses who is no member, of an organization that is and of one that is not alike', async () => {
    const { browser } = await somebody({ organizations: [acme] })
    const refused = async (organization: string) =>
      (await authorize(browser, { scope, organization })).parameters
    const expected = {
      error: 'access_denied',
      error_description: 'The user is not a member of the organization',
    }
    expect(await refused(umbrella.organizationId)).toMatchObject(expected)
    expect(await refused('no-such-organization')).toMatchObject(expected)
  })

  it.each([
    [{ scope: 'openid', organization: 'acme' }, 'invalid_request'],
    [{ scope, organization: 'x'.repeat(65) }, 'invalid_request'],
    [{ scope, organization: ['acme', 'umbrella'] }, 'invalid_request'],
    [{ scope, prompt: 'none' }, 'interaction_required'],
  ])('refuses %j', async (parameters, error) => {
    const { browser } = await somebody({ organizations: [umbrella, acme] })
    expect((await authorize(browser, parameters)).parameters.error).toBe(error)
  })

  it('can be pushed (RFC 9126)', async () => {
    const { browser } = await somebody({ organizations: [umbrella, acme] })
    const parameters = suite.aRequest(clientId, { scope, organization: 'acme' }) as Record<string, string>
    const { body } = await suite.replica.postForm('/oauth/par', parameters)
    const asked = { client_id: clientId, request_uri: String(body.request_uri) }
    const answer = await redeem(locationOf(await suite.authorize(browser, asked)))
    expect(decodeJwt(String(answer.body.access_token))).toMatchObject({ org_id: acme.organizationId })
  })

  it('ends with the membership: a code and a refresh token give nothing more of it, and are not used up', async () => {
    const { browser, tell } = await somebody({ organizations: [acme] })
    const tokens = await tokensOf(browser, { scope })
    const code = await authorize(browser, { scope })
    await tell(3, { organizations: [umbrella] })
    const gone = {
      status: 400,
      body: {
        error: 'invalid_grant',
        error_description: 'The user is no longer a member of the organization',
      },
    }
    expect(await redeem(code)).toMatchObject(gone)
    expect(await refresh(tokens.refresh_token)).toMatchObject(gone)
    expect(await userinfo(tokens.access_token)).not.toHaveProperty('org_id')
    await tell(4, { organizations: [acme] })
    expect((await refresh(tokens.refresh_token)).status).toBe(200)
  })

  describe('of a user of several', () => {
    const begin = async (browser: Browser) => {
      const { address, parameters } = await authorize(browser, { scope })
      return { address, flow: parameters.flow ?? '' }
    }
    const open = async (browser: Browser, flow: string) =>
      (await browser.get(`/oauth/organization?flow=${flow}`)).text()

    it('is for them to choose, on a page', async () => {
      const { browser } = await somebody({ organizations: [umbrella, acme] })
      const { address, flow } = await begin(browser)
      expect(address).toBe('/base/oauth/organization')
      const html = await open(browser, flow)
      expect(html).toContain('Acme Ltd')
      const fields = { ...hiddenFieldsOf(html), organization: acme.organizationId }
      const chosen = await browser.post('/oauth/organization', fields)
      expect([chosen.status, locationOf(chosen)]).toEqual([
        303,
        { address: '/base/oauth/resume', parameters: { flow } },
      ])
      const answer = await redeem(locationOf(await browser.get(`/oauth/resume?flow=${flow}`)))
      expect(decodeJwt(String(answer.body.access_token))).toMatchObject({ org_id: acme.organizationId })
    })

    it('is never one that is not theirs, nor chosen by another site', async () => {
      const { browser } = await somebody({ organizations: [umbrella, acme] })
      const { flow } = await begin(browser)
      const hidden = hiddenFieldsOf(await open(browser, flow))
      await browser.post('/oauth/organization', { ...hidden, organization: createUuid() })
      const undecided = locationOf(await browser.get(`/oauth/resume?flow=${flow}`))
      expect(undecided.address).toBe('/base/oauth/organization')
      const forged = { flow, csrf: 'x', organization: acme.organizationId }
      expect((await browser.post('/oauth/organization', forged)).status).toBe(403)
      const stranger = (await somebody({ organizations: [umbrella, acme] })).browser
      expect((await stranger.get(`/oauth/organization?flow=${flow}`)).status).toBe(400)
    })
  })
})
