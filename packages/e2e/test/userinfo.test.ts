/** What applications are told about a user, with `openid-client` as the reader (OpenID Connect Core §5.3; CHECKLIST 31). */
import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import * as oidc from 'openid-client'
import { type Application, createApplication, loopbackRedirectUri } from '../src/application.ts'
import { call } from '../src/call.ts'
import { aPerson, createDevice, expected } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
let demo: Application
beforeAll(async () => {
  suite = await sharedSuite()
  demo = await createApplication(suite, { client: suite.demo })
})

const aRegisteredPerson = async () => {
  const person = aPerson()
  const { user } = await createDevice(suite).register(person)
  return { ...person, userId: user.id }
}

describe('UserInfo', () => {
  it.each([
    ['openid', []],
    ['openid email', ['email', 'email_verified']],
    ['openid profile', ['name', 'updated_at']],
  ])('for %s says the claims that the scope gives, and no more', async (scope, names) => {
    const person = await aRegisteredPerson()
    const { access_token: token } = await demo.signIn(person, { scope })
    const userinfo = await oidc.fetchUserInfo(demo.config, token, person.userId)
    expect(Object.keys(userinfo).sort()).toEqual([...names, 'sub'].sort())
  })

  it('and the ID token say what the claims parameter asks of each (§5.5)', async () => {
    const person = await aRegisteredPerson()
    const claims = JSON.stringify({ userinfo: { email: { essential: true } }, id_token: { name: null } })
    const tokens = await demo.signIn(person, { scope: 'openid', claims })
    expect(tokens.claims()).toMatchObject({ name: person.name })
    expect(tokens.claims()).not.toHaveProperty('email')
    expect(await oidc.fetchUserInfo(demo.config, tokens.access_token, person.userId)).toEqual({
      sub: person.userId,
      email: person.email,
    })
  })

  it('follows a change of the profile', async () => {
    const person = await aRegisteredPerson()
    const { access_token: token } = await demo.signIn(person)
    const device = createDevice(suite)
    const { access_token: bearer } = await device.signIn(person)
    expect((await device.send('PATCH', '/auth/me', { json: { name: 'Another Name' }, bearer })).status).toBe(
      200,
    )
    await eventually(async () => {
      const { name } = await oidc.fetchUserInfo(demo.config, token, person.userId)
      expect(name).toBe('Another Name')
    })
  })

  it('speaks to the first party too, by GET and POST', async () => {
    const person = await aRegisteredPerson()
    const { access_token: bearer } = await createDevice(suite).signIn(person)
    for (const method of ['GET', 'POST']) {
      const answer = await call(suite.gateway, method, '/oauth/userinfo', { bearer })
      expect(answer.json).toMatchObject({ sub: person.userId, email: person.email, name: person.name })
      expect(answer.headers['cache-control']).toBe('no-store')
    }
  })

  it('is signed for an application that registered for it (§5.3.2)', async () => {
    const admin = await createApplication(suite, { client: suite.admin })
    const scope = 'admin:clients:write'
    const { access_token: bearer } = await oidc.clientCredentialsGrant(admin.config, { scope })
    const json = {
      name: `Client ${randomUUID()}`,
      client_type: 'confidential',
      redirect_uris: [loopbackRedirectUri],
      scope: 'openid profile email',
      userinfo_signed_response_alg: 'ES256',
      id_token_signed_response_alg: 'EdDSA',
    }
    const answer = await call(suite.gateway, 'POST', '/admin/api/clients', { json, bearer })
    const client = expected<Suite['demo']>(201, answer)
    const metadata = { userinfo_signed_response_alg: 'ES256', id_token_signed_response_alg: 'EdDSA' }
    const application = await createApplication(suite, { client, metadata })
    const person = await aRegisteredPerson()
    const tokens = await application.signIn(person)
    const userinfo = await oidc.fetchUserInfo(application.config, tokens.access_token, person.userId)
    expect(userinfo).toMatchObject({ sub: person.userId, email: person.email })
  })

  it('takes a bound token with its proof alone (RFC 9449 §7)', async () => {
    const person = await aRegisteredPerson()
    const DPoP = oidc.getDPoPHandle(demo.config, await oidc.randomDPoPKeyPair())
    const tokens = await demo.signIn(person, {}, { DPoP })
    expect(tokens.token_type).toBe('dpop')
    const userinfo = await oidc.fetchUserInfo(demo.config, tokens.access_token, person.userId, { DPoP })
    expect(userinfo.sub).toBe(person.userId)
    const stolen = await call(suite.gateway, 'GET', '/oauth/userinfo', { bearer: tokens.access_token })
    expect([stolen.status, stolen.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/^DPoP /),
    ])
  })
})

it('CHECKLIST 31: a token in the URL is refused, whatever else the request carries', async () => {
  const person = await aRegisteredPerson()
  const { access_token: bearer } = await createDevice(suite).signIn(person)
  for (const given of [{}, { bearer }]) {
    const answer = await call(suite.gateway, 'GET', `/oauth/userinfo?access_token=${bearer}`, given)
    expect([answer.status, answer.json]).toEqual([400, expect.objectContaining({ error: 'invalid_request' })])
  }
})
