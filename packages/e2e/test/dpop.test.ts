/**
 * Tokens that are bound to a key, as `openid-client` uses them: the steps of FAPI 2.0 (a pushed request, a client with a
 * key of its own, DPoP with nonces) and a public client's, and what a thief gets (RFC 9449; CHECKLIST 16, 18, 24).
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { createPlainBrowser } from '@latchkey/testkit'
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import * as oidc from 'openid-client'
import { type Answer, call } from '../src/call.ts'
import { createOperator, type Operator } from '../src/operator.ts'
import { aPerson, createDevice } from '../src/person.ts'
import { requestText, sendBytes, statusesIn } from '../src/raw-http.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

const redirectUri = 'http://127.0.0.1:51005/callback'

let suite: Suite
let operator: Operator
beforeAll(async () => {
  suite = await sharedSuite()
  operator = await createOperator(suite)
})

const configure = (id: string, authentication: oidc.ClientAuth) =>
  oidc.discovery(new URL(suite.issuer), id, undefined, authentication, {
    execute: [oidc.allowInsecureRequests],
  })

/** A handle with a key of its own, which keeps the nonces that the server gives out. */
const aKey = async (config: oidc.Configuration) => {
  const keys = await oidc.randomDPoPKeyPair('ES256', { extractable: true })
  return { keys, DPoP: oidc.getDPoPHandle(config, keys) }
}

/** What FAPI 2.0 §5.3 asks of a client: it authenticates with a key, pushes its requests, and binds its tokens. */
const aCarefulClient = async () => {
  const { publicKey, privateKey } = await generateKeyPair('PS256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'PS256', use: 'sig' }
  const { client_id: id } = await operator.makeClient({
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [jwk] },
    scope: 'openid email offline_access',
    require_pushed_authorization_requests: true,
    dpop_bound_access_tokens: true,
    require_consent: false,
  })
  return configure(id, oidc.PrivateKeyJwt({ key: privateKey, kid: 'key-1' }))
}

const aPublicClient = async () => {
  const { client_id: id } = await operator.makeClient({
    client_type: 'public',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
    scope: 'openid email',
    require_consent: false,
  })
  return configure(id, oidc.None())
}

const aRequest = async () => {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()]
  const parameters = {
    redirect_uri: redirectUri,
    scope: 'openid email',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
  }
  return { parameters, checks: { pkceCodeVerifier, expectedState, expectedNonce } }
}

/** Somebody new signs in; their browser comes back to the client. */
const signIn = async (url: URL): Promise<URL> => {
  const person = aPerson()
  await createDevice(suite).register(person)
  const browser = createPlainBrowser(suite.gateway)
  const login = await browser.open(`${url.pathname}${url.search}`)
  const { email, password } = person
  return (await browser.submit(login, { email, password })).url
}

const authorize = async (
  config: oidc.Configuration,
  options: { DPoP: oidc.DPoPHandle },
  isPushed: boolean,
) => {
  const { parameters, checks } = await aRequest()
  const url = isPushed
    ? await oidc.buildAuthorizationUrlWithPAR(config, parameters, options)
    : oidc.buildAuthorizationUrl(config, parameters)
  return oidc.authorizationCodeGrant(config, await signIn(url), checks, undefined, options)
}

const userinfo = (headers: Record<string, string>): Promise<Answer> =>
  call(suite.gateway, 'GET', '/oauth/userinfo', { headers })

const refusal = (error: string) => expect.objectContaining({ error })

describe('the steps of FAPI 2.0', () => {
  it('give tokens that are bound to the key, from the pushed request to the refresh', async () => {
    const config = await aCarefulClient()
    const { DPoP } = await aKey(config)
    const tokens = await authorize(config, { DPoP }, true)
    expect(tokens.token_type).toBe('dpop')
    const { sub = '' } = tokens.claims() ?? {}
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      sub,
      cnf: { jkt: await DPoP.calculateThumbprint() },
    })
    expect(await oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).toMatchObject({ sub })
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP })
    expect(await oidc.fetchUserInfo(config, next.access_token, sub, { DPoP })).toMatchObject({ sub })
  })

  it('can not be skipped: neither the push nor the proof', async () => {
    const config = await aCarefulClient()
    const { DPoP } = await aKey(config)
    const { parameters } = await aRequest()
    const plain = oidc.buildAuthorizationUrl(config, parameters)
    const answer = await call(suite.gateway, 'GET', `${plain.pathname}${plain.search}`)
    expect(new URL(String(answer.headers.location)).searchParams.get('error')).toBe('invalid_request')

    const tokens = await authorize(config, { DPoP }, true)
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_request',
    })
  })

  it('bind the code to the key of the pushed request (RFC 9449 §10.1)', async () => {
    const config = await aCarefulClient()
    const [own, strangers] = [await aKey(config), await aKey(config)]
    const { parameters, checks } = await aRequest()
    const url = await oidc.buildAuthorizationUrlWithPAR(config, parameters, own)
    const callback = await signIn(url)
    await expect(
      oidc.authorizationCodeGrant(config, callback, checks, undefined, strangers),
    ).rejects.toMatchObject({ error: 'invalid_grant' })
  })
})

it('a client may serve its keys, on this machine too with the settings of npm start', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const key = { ...(await exportJWK(publicKey)), kid: 'served', alg: 'ES256' }
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/jwk-set+json')
    response.end(JSON.stringify({ keys: [key] }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { client_id: id } = await operator.makeClient({
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'private_key_jwt',
    jwks_uri: `http://localhost:${(server.address() as AddressInfo).port}/jwks.json`,
    scope: await operator.makeScope(),
  })
  const config = await configure(id, oidc.PrivateKeyJwt({ key: privateKey, kid: 'served' }))
  const tokens = await oidc.clientCredentialsGrant(config)
  await new Promise(resolve => server.close(resolve))
  expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: id, client_id: id })
})

describe('a thief', () => {
  it('can not refresh a public client’s tokens without its key', async () => {
    const config = await aPublicClient()
    const [own, thief] = [await aKey(config), await aKey(config)]
    const { refresh_token: token = '' } = await authorize(config, own, false)
    await expect(oidc.refreshTokenGrant(config, token, undefined, thief)).rejects.toEqual(
      refusal('invalid_grant'),
    )
    await expect(oidc.refreshTokenGrant(config, token)).rejects.toEqual(refusal('invalid_grant'))
    await expect(oidc.refreshTokenGrant(config, token, undefined, own)).resolves.toBeDefined()
  })

  it('can not use a stolen access token: not as a bearer, not with another key, not by a proof again', async () => {
    const config = await aPublicClient()
    const own = await aKey(config)
    const { access_token: token } = await authorize(config, own, false)
    const asBearer = await userinfo({ Authorization: `Bearer ${token}` })
    expect(asBearer.status).toBe(401)
    expect(asBearer.headers['www-authenticate']).toMatch(/^DPoP error="invalid_token"/)

    await expect(
      oidc.fetchUserInfo(config, token, oidc.skipSubjectCheck, await aKey(config)),
    ).rejects.toMatchObject({ status: 401 })

    const proof = await aProof(own.keys, token)
    const asked = await userinfo({ Authorization: `DPoP ${token}`, DPoP: await proof() })
    expect([asked.status, asked.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/^DPoP error="use_dpop_nonce"/),
    ])
    const sent = {
      Authorization: `DPoP ${token}`,
      DPoP: await proof(String(asked.headers['dpop-nonce'])),
    }
    expect((await userinfo(sent)).status).toBe(200)
    const again = await userinfo(sent)
    expect([again.status, again.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/^DPoP error="invalid_dpop_proof"/),
    ])
  })

  it('gains nothing by two proofs in one request (RFC 9449 §4.3 check 1)', async () => {
    const config = await aPublicClient()
    const own = await aKey(config)
    const { access_token: token } = await authorize(config, own, false)
    const proof = await (await aProof(own.keys, token))()
    for (const lines of [[`DPoP: ${proof}, ${proof}`], [`DPoP: ${proof}`, `DPoP: ${proof}`]]) {
      const head = ['GET /oauth/userinfo HTTP/1.1', 'Host: localhost', 'Connection: close']
      const sent = requestText([...head, `Authorization: DPoP ${token}`, ...lines])
      const answer = await sendBytes(suite.gateway, sent)
      expect(statusesIn(answer)).toEqual([401])
      expect(answer.text).toMatch(/www-authenticate: DPoP error="invalid_dpop_proof"/i)
    }
  })
})

/** Proofs for userinfo by hand: what a library would not send twice. */
const aProof = async ({ publicKey, privateKey }: oidc.CryptoKeyPair, accessToken: string) => {
  const { kty = '', crv = '', x = '', y = '' } = await exportJWK(publicKey)
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(accessToken))
  const ath = Buffer.from(digest).toString('base64url')
  return (nonce?: string) =>
    new SignJWT({ jti: crypto.randomUUID(), htm: 'GET', htu: `${suite.issuer}/oauth/userinfo`, ath, nonce })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } })
      .setIssuedAt()
      .sign(privateKey)
}
