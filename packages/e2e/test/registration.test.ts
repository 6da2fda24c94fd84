/** Clients that register themselves, with `openid-client` as their library (RFC 7591, RFC 7592; CHECKLIST 30). */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { createPlainBrowser } from '@latchkey/testkit'
import * as oidc from 'openid-client'
import { createApplication, loopbackRedirectUri } from '../src/application.ts'
import { call } from '../src/call.ts'
import { aPerson, createDevice } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const register = (metadata: Partial<oidc.ClientMetadata>, authentication?: oidc.ClientAuth) =>
  oidc.dynamicClientRegistration(
    new URL(suite.issuer),
    { client_name: 'Registered', redirect_uris: [loopbackRedirectUri], ...metadata },
    authentication,
    { execute: [oidc.allowInsecureRequests] },
  )

describe('openid-client', () => {
  it('registers, and signs users in, who are asked for their consent', async () => {
    const { client_id, client_secret = '' } = (await register({})).clientMetadata()
    const person = aPerson()
    const { user } = await createDevice(suite).register(person)
    const application = await createApplication(suite, { client: { client_id, client_secret } })
    const tokens = await application.signIn(person)
    expect(tokens.claims()).toMatchObject({ sub: user.id, aud: client_id })
  })

  it('registers a public client with a native app’s addresses', async () => {
    const config = await register(
      {
        token_endpoint_auth_method: 'none',
        redirect_uris: ['com.example.app:/callback', 'http://127.0.0.1/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
      },
      oidc.None(),
    )
    expect(config.clientMetadata()).not.toHaveProperty('client_secret')
    expect(config.clientMetadata().grant_types).toEqual(['authorization_code', 'refresh_token'])
  })

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'https://app.example.com/#x',
    'http://app.example.com/',
  ])('is told why %s is refused', async uri => {
    await expect(register({ redirect_uris: [uri] })).rejects.toMatchObject({
      error: 'invalid_redirect_uri',
      error_description: expect.stringContaining('redirect_uris.0'),
    })
  })

  it('is told that admin scopes are not for it', async () => {
    await expect(
      register({ grant_types: ['client_credentials'], scope: 'admin:clients:write' }),
    ).rejects.toMatchObject({ error: 'invalid_client_metadata' })
  })
})

describe('a registration', () => {
  const registered = async () => {
    const { registration_client_uri, registration_access_token, client_id } = (
      await register({})
    ).clientMetadata() as Record<string, string>
    const path = new URL(registration_client_uri ?? '').pathname
    const bearer = registration_access_token ?? ''
    return {
      clientId: client_id ?? '',
      send: (method: string, json?: unknown) => call(suite.gateway, method, path, { bearer, json }),
    }
  }

  it('is looked at, replaced and taken back at the address that it was given', async () => {
    const { clientId, send } = await registered()
    expect((await send('GET')).json).toMatchObject({ client_id: clientId, client_name: 'Registered' })
    const replacement = { client_id: clientId, client_name: 'Renamed', redirect_uris: [loopbackRedirectUri] }
    expect((await send('PUT', replacement)).json).toMatchObject({ client_name: 'Renamed' })
    expect((await send('DELETE')).status).toBe(204)
    expect((await send('GET')).status).toBe(401)
  })

  it('taken back, its client can not send anybody anywhere any more', async () => {
    const { clientId, send } = await registered()
    await send('DELETE')
    const query = new URLSearchParams({
      client_id: clientId,
      redirect_uri: loopbackRedirectUri,
      response_type: 'code',
    })
    const page = await createPlainBrowser(suite.gateway).open(`/oauth/authorize?${query}`)
    expect(page.url.pathname).toBe('/oauth/authorize')
    expect(page.html).toContain('Client not found or inactive')
  })
})
