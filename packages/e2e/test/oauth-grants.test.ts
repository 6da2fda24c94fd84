/**
 * The grants of the token endpoint as `oauth4webapi` drives and checks them (CHECKLIST 15 to 20, 24), through the gateway
 * and two token services.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import {
  authorize,
  callbackUri,
  insecure,
  type MadeClient,
  makeClient,
  makeScope,
} from '../src/oauth-client.ts'
import { aPerson, createDevice, inParallel, type Person } from '../src/person.ts'
import { createPublicClientGrants, type PublicClientGrants } from '../src/public-client-grants.ts'
import { type OwnSuite, startSuite, withoutLimits } from '../src/suite.ts'

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const orders = 'https://orders.example/'

let suite: OwnSuite
let server: oauth.AuthorizationServer
let person: Person
let grants: PublicClientGrants
let web: MadeClient
let service: MadeClient

beforeAll(async () => {
  suite = await startSuite({ settings: withoutLimits, replicas: { token: 2 } })
  person = aPerson()
  await createDevice(suite).register(person)
  await makeScope(suite, 'orders:read')
  const scope = 'openid profile email offline_access orders:read'
  grants = await createPublicClientGrants(suite, person, scope)
  server = grants.server
  const grantTypes = ['authorization_code', 'refresh_token']
  web = await makeClient(suite, { client_type: 'confidential', grant_types: grantTypes, scope })
  service = await makeClient(suite, {
    client_type: 'confidential',
    redirect_uris: [],
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['client_credentials', exchange],
    scope: 'orders:read',
    resources: [orders],
  })
})
afterAll(() => suite?.stop())

describe('authorization_code and refresh_token, for a public client', () => {
  it('give tokens that the library accepts, and the next ones', async () => {
    const { redeem, read } = await grants.signIn()
    const tokens = await read(await redeem())
    const next = await grants.refresh(tokens.refresh_token ?? '')
    expect(next.refresh_token).not.toBe(tokens.refresh_token)
    expect(oauth.getValidatedIdTokenClaims(next)?.sub).toBe(oauth.getValidatedIdTokenClaims(tokens)?.sub)
    expect(await grants.userinfoStatus(next.access_token)).toBe(200)
  })

  it('are bound to a key by DPoP, with the nonces of the server', async () => {
    const key = await oauth.generateKeyPair('ES256')
    const DPoP = oauth.DPoP(grants.app, key)
    const { redeem, read } = await grants.signIn({}, { DPoP })
    const asked = await redeem()
    await expect(read(asked)).rejects.toMatchObject({ error: 'use_dpop_nonce' })
    const tokens = await read(await redeem())
    expect(tokens.token_type).toBe('dpop')
    expect(decodeJwt(tokens.access_token).cnf).toEqual({ jkt: await DPoP.calculateThumbprint() })

    await expect(grants.refresh(tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' })
    const next = await grants.refresh(tokens.refresh_token ?? '', { DPoP })
    const userinfo = await oauth.userInfoRequest(server, grants.app, next.access_token, { ...insecure, DPoP })
    expect(userinfo.status).toBe(200)
  })
})

describe('a confidential client', () => {
  const authenticate = () => oauth.ClientSecretBasic(web.client_secret)

  it('keeps its refresh token, whatever number of its processes use it (ADR 9)', async () => {
    const { callback, codeVerifier, nonce } = await authorize(suite, server, web, person)
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      web,
      authenticate(),
      callback,
      callbackUri,
      codeVerifier,
      insecure,
    )
    const tokens = await oauth.processAuthorizationCodeResponse(server, web, response, {
      expectedNonce: nonce,
    })
    const refreshed = await inParallel(10, async () =>
      oauth.processRefreshTokenResponse(
        server,
        web,
        await oauth.refreshTokenGrantRequest(
          server,
          web,
          authenticate(),
          tokens.refresh_token ?? '',
          insecure,
        ),
      ),
    )
    expect(new Set(refreshed.map(({ refresh_token: token }) => token))).toEqual(
      new Set([tokens.refresh_token]),
    )
  })

  it('is told by the challenge of Basic that its secret is wrong', async () => {
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      web,
      oauth.ClientSecretBasic('wrong'),
      {},
      insecure,
    )
    await expect(oauth.processClientCredentialsResponse(server, web, response)).rejects.toMatchObject({
      status: 401,
      cause: [{ scheme: 'basic', parameters: { realm: 'latchkey' } }],
    })
  })
})

describe('a service', () => {
  const authenticate = () => oauth.ClientSecretPost(service.client_secret)

  it('has a token of its own for its resource (RFC 9068)', async () => {
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      service,
      authenticate(),
      { scope: 'orders:read', resource: orders },
      insecure,
    )
    const tokens = await oauth.processClientCredentialsResponse(server, service, response)
    const request = new Request('https://orders.example/', {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
    const claims = await oauth.validateJwtAccessToken(server, request, orders, insecure)
    expect(claims).toMatchObject({ sub: service.client_id, client_id: service.client_id })
  })

  it('exchanges a user’s token that was meant for it (RFC 8693)', async () => {
    const { redeem, read } = await grants.signIn({ scope: 'openid orders:read', resource: orders })
    const { access_token: subjectToken } = await read(await redeem())
    const response = await oauth.genericTokenEndpointRequest(
      server,
      service,
      authenticate(),
      exchange,
      { subject_token: subjectToken, subject_token_type: accessTokenType },
      insecure,
    )
    const tokens = await oauth.processGenericTokenEndpointResponse(server, service, response)
    expect(tokens).toMatchObject({ issued_token_type: accessTokenType, scope: 'orders:read' })
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      sub: decodeJwt(subjectToken).sub,
      aud: orders,
      act: { sub: service.client_id },
    })
  })
})

describe('sessions and grants', () => {
  it('a logout ends a client’s refresh token, and leaves one for the user’s absence', async () => {
    const online = await grants.signIn()
    const tokens = await online.read(await online.redeem())
    const absent = await grants.signIn({ scope: 'openid offline_access', prompt: 'consent' })
    const offline = await absent.read(await absent.redeem())
    const device = createDevice(suite)
    const { access_token: bearer } = await device.signIn(person)
    expect((await device.send('DELETE', '/auth/sessions', { bearer })).status).toBeLessThan(300)
    await eventually(async () =>
      expect(grants.refresh(tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' }),
    )
    expect((await grants.refresh(offline.refresh_token ?? '')).access_token).toEqual(expect.any(String))
  })

  it('a client’s tokens open nothing at the first-party API', async () => {
    const { redeem, read } = await grants.signIn({ scope: 'openid profile email offline_access orders:read' })
    const tokens = await read(await redeem())
    const device = createDevice(suite)
    expect((await device.tryToRefresh(tokens.refresh_token ?? '')).status).toBe(401)
    for (const [method, path] of [
      ['GET', '/auth/me'],
      ['DELETE', '/auth/me'],
      ['GET', '/auth/sessions'],
      ['POST', '/auth/logout'],
    ] as const) {
      expect([path, (await device.send(method, path, { bearer: tokens.access_token })).status]).toEqual([
        path,
        401,
      ])
    }
  })
})

describe('SPEC §3: identity away', () => {
  it('leaves refresh, client credentials, introspection and UserInfo as they are', async () => {
    const { redeem, read } = await grants.signIn()
    const tokens = await read(await redeem())
    const identity = suite.processes.identity
    identity?.setRestart(false)
    identity?.kill('SIGKILL')
    await eventually(() => expect(identity?.pid).toBeUndefined())

    const next = await grants.refresh(tokens.refresh_token ?? '')
    expect(await grants.userinfoStatus(next.access_token)).toBe(200)
    const machine = await oauth.processClientCredentialsResponse(
      server,
      service,
      await oauth.clientCredentialsGrantRequest(
        server,
        service,
        oauth.ClientSecretPost(service.client_secret),
        { scope: 'orders:read' },
        insecure,
      ),
    )
    const introspected = await oauth.introspectionRequest(
      server,
      service,
      oauth.ClientSecretPost(service.client_secret),
      machine.access_token,
      insecure,
    )
    expect(await oauth.processIntrospectionResponse(server, service, introspected)).toMatchObject({
      active: true,
    })
  })
})
