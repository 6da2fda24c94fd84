/**
 * Tokens that are asked about and ended, with `openid-client` on the applications' and the resource server's side
 * (RFC 7662, 7009, 9701; CHECKLIST 19, 27, 28).
 */
import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { type Application, createApplication, loopbackRedirectUri } from '../src/application.ts'
import { call } from '../src/call.ts'
import { aPerson, createDevice, expected } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
let demo: Application
let adminToken: string
beforeAll(async () => {
  suite = await sharedSuite()
  demo = await createApplication(suite, { client: suite.demo })
  const admin = await createApplication(suite, { client: suite.admin })
  const scope = 'admin:clients:write'
  adminToken = (await oidc.clientCredentialsGrant(admin.config, { scope })).access_token
})

const aRegisteredPerson = async () => {
  const person = aPerson()
  await createDevice(suite).register(person)
  return person
}

/** A client that an operator made, as its own library sees it. */
const anApplication = async (
  members: Readonly<Record<string, unknown>>,
  metadata?: Partial<oidc.ClientMetadata>,
) => {
  const json = { name: `Client ${randomUUID()}`, client_type: 'confidential', ...members }
  const answer = await call(suite.gateway, 'POST', '/admin/api/clients', { json, bearer: adminToken })
  const client = expected<Suite['demo']>(201, answer)
  return createApplication(suite, { client, ...(metadata === undefined ? {} : { metadata }) })
}

const isActive = async (application: Application, token: string | undefined) =>
  (await oidc.tokenIntrospection(application.config, token ?? '')).active

describe('an application', () => {
  it('learns what its tokens stand for', async () => {
    const person = await aRegisteredPerson()
    const tokens = await demo.signIn(person)
    const sub = tokens.claims()?.sub
    const about = await oidc.tokenIntrospection(demo.config, tokens.access_token)
    expect(about).toMatchObject({
      active: true,
      iss: suite.issuer,
      sub,
      client_id: 'demo',
      token_type: 'Bearer',
      scope: 'openid profile email',
      sid: tokens.claims()?.sid,
    })
    const refresh = await oidc.tokenIntrospection(demo.config, tokens.refresh_token ?? '')
    expect(refresh).toMatchObject({ active: true, sub, client_id: 'demo' })
  })

  it('learns nothing about an ID token, nor about tokens of others', async () => {
    const person = await aRegisteredPerson()
    const tokens = await demo.signIn(person)
    const firstParty = await createDevice(suite).signIn(person)
    const others = [tokens.id_token, firstParty.access_token, firstParty.refresh_token, 'nonsense']
    for (const token of others)
      expect(await oidc.tokenIntrospection(demo.config, token ?? '')).toEqual({ active: false })
  })

  it('ends a sign-in by its refresh token: access tokens, UserInfo and refreshes with it', async () => {
    const tokens = await demo.signIn(await aRegisteredPerson())
    const refreshToken = tokens.refresh_token ?? ''
    const second = await oidc.refreshTokenGrant(demo.config, refreshToken)
    const accessTokens = [tokens.access_token, second.access_token]
    for (const token of accessTokens) expect(await isActive(demo, token)).toBe(true)

    await oidc.tokenRevocation(demo.config, refreshToken)
    for (const token of [...accessTokens, refreshToken]) expect(await isActive(demo, token)).toBe(false)
    for (const token of accessTokens) {
      const userinfo = await call(suite.gateway, 'GET', '/oauth/userinfo', { bearer: token })
      expect([userinfo.status, userinfo.json]).toEqual([
        401,
        expect.objectContaining({ error: 'invalid_token' }),
      ])
    }
    await expect(oidc.refreshTokenGrant(demo.config, refreshToken)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  it('ends one access token, and goes on with the next', async () => {
    const tokens = await demo.signIn(await aRegisteredPerson())
    await oidc.tokenRevocation(demo.config, tokens.access_token, { token_type_hint: 'refresh_token' })
    expect(await isActive(demo, tokens.access_token)).toBe(false)
    const next = await oidc.refreshTokenGrant(demo.config, tokens.refresh_token ?? '')
    expect(await isActive(demo, next.access_token)).toBe(true)
  })

  it('ends nothing of another application, and is told so', async () => {
    const other = await anApplication({
      redirect_uris: [loopbackRedirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid profile email',
    })
    const tokens = await other.signIn(await aRegisteredPerson())
    for (const token of [tokens.access_token, tokens.refresh_token ?? '']) {
      await expect(oidc.tokenRevocation(demo.config, token)).rejects.toMatchObject({
        error: 'invalid_request',
      })
      expect(await isActive(other, token)).toBe(true)
    }
  })
})

describe('a resource server', () => {
  it('learns about access tokens that are for it, and about no others', async () => {
    const resource = `https://api.example.com/${randomUUID()}`
    const api = await anApplication({ grant_types: ['client_credentials'], resources: [resource] })
    const person = await aRegisteredPerson()
    const forIt = await demo.signIn(person, { resource })
    const notForIt = await demo.signIn(person)
    expect(await oidc.tokenIntrospection(api.config, forIt.access_token)).toMatchObject({
      active: true,
      aud: resource,
      client_id: 'demo',
    })
    for (const token of [notForIt.access_token, forIt.refresh_token ?? ''])
      expect(await oidc.tokenIntrospection(api.config, token)).toEqual({ active: false })
  })

  it('gets signed answers where it registered for them (RFC 9701)', async () => {
    const resource = `https://api.example.com/${randomUUID()}`
    const members = {
      grant_types: ['client_credentials'],
      resources: [resource],
      introspection_signed_response_alg: 'ES256',
    }
    const api = await anApplication(members, { introspection_signed_response_alg: 'ES256' })
    const { access_token: token } = await demo.signIn(await aRegisteredPerson(), { resource })
    expect(await oidc.tokenIntrospection(api.config, token)).toMatchObject({ active: true, aud: resource })
  })

  it('gets an answer that jose verifies', async () => {
    const { access_token: token } = await demo.signIn(await aRegisteredPerson())
    const { client_id: id, client_secret: secret } = suite.demo
    const response = await fetch(`${suite.gateway}/oauth/introspect`, {
      method: 'POST',
      headers: {
        accept: 'application/token-introspection+jwt',
        authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
      },
      body: new URLSearchParams({ token }),
    })
    const keys = createRemoteJWKSet(new URL(`${suite.issuer}/.well-known/jwks.json`))
    const options = { issuer: suite.issuer, audience: id, typ: 'token-introspection+jwt' }
    const { payload } = await jwtVerify(await response.text(), keys, options)
    expect(payload.token_introspection).toMatchObject({ active: true, client_id: id })
  })
})

it('a logout ends what the session gave to applications, at once', async () => {
  const person = await aRegisteredPerson()
  const tokens = await demo.signIn(person)
  expect(await isActive(demo, tokens.access_token)).toBe(true)
  const device = createDevice(suite)
  const { access_token: bearer } = await device.signIn(person)
  const ended = await device.send('DELETE', `/auth/sessions/${tokens.claims()?.sid}`, { bearer })
  expect(ended.status).toBe(204)
  for (const token of [tokens.access_token, tokens.refresh_token])
    expect(await isActive(demo, token)).toBe(false)
})
