/**
 * What an application, a device and a logout hand around that nobody else may see: they go through the whole suite, also
 * by ways on which they do not belong, and are given back to be searched for.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPlainBrowser, eventually } from '@latchkey/testkit'
import * as oidc from 'openid-client'
import { call } from './call.ts'
import { createOperator, postForm } from './operator.ts'
import type { Person } from './person.ts'
import type { Suite } from './suite.ts'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const callbackUri = 'http://127.0.0.1:51007/callback'

/** An application's back-channel logout endpoint. */
const startReceiver = async () => {
  const tokens: string[] = []
  const server = createServer(async (req, res) => {
    let body = ''
    for await (const chunk of req) body += String(chunk)
    tokens.push(new URLSearchParams(body).get('logout_token') ?? '')
    res.end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { tokens, uri: `http://127.0.0.1:${port}/`, close }
}

/** By names that say what each is. */
export const handOutOAuthSecrets = async (suite: Suite, person: Person): Promise<Record<string, string>> => {
  const receiver = await startReceiver()
  const operator = await createOperator(suite)
  const made = await operator.makeClient({
    redirect_uris: [callbackUri],
    grant_types: ['authorization_code', 'refresh_token', deviceGrant],
    scope: 'openid profile',
    backchannel_logout_uri: receiver.uri,
  })
  const authentication = oidc.ClientSecretBasic(made.client_secret)
  const config = await oidc.discovery(new URL(suite.issuer), made.client_id, undefined, authentication, {
    execute: [oidc.allowInsecureRequests],
  })
  const browser = createPlainBrowser(suite.gateway)

  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const { search } = oidc.buildAuthorizationUrl(config, {
    redirect_uri: callbackUri,
    scope: 'openid profile',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  })
  const login = await browser.open(`/oauth/authorize${search}`)
  const consent = await browser.submit(login, { email: person.email, password: person.password })
  const { url: callback } = await browser.submit(consent, { decision: 'allow' })
  const code = callback.searchParams.get('code') ?? ''
  const tokens = await oidc.authorizationCodeGrant(config, callback, { pkceCodeVerifier })
  const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')

  const device = await oidc.initiateDeviceAuthorization(config, { scope: 'openid' })
  const complete = new URL(device.verification_uri_complete ?? '')
  const typed = await browser.submit(await browser.open(complete.pathname + complete.search), {
    user_code: device.user_code,
  })
  await browser.submit(typed, { decision: 'allow' })
  const onDevice = await oidc.genericGrantRequest(config, deviceGrant, { device_code: device.device_code })

  // Where they do not belong.
  const misplaced = new URLSearchParams({
    client_secret: made.client_secret,
    code,
    device_code: device.device_code,
  })
  await call(suite.gateway, 'POST', `/oauth/token?${misplaced}`)
  await call(suite.gateway, 'GET', `/oauth/userinfo?access_token=${tokens.access_token}`)
  await postForm(suite, '/oauth/token', { ...made, client_secret: code }, { grant_type: code, code })
  await postForm(suite, '/oauth/token', made, { grant_type: 'authorization_code', code, redirect_uri: code })

  const logout = oidc.buildEndSessionUrl(config, { id_token_hint: tokens.id_token ?? '' })
  await browser.open(logout.pathname + logout.search)
  const logoutToken = await eventually(
    () => {
      const [token] = receiver.tokens
      if (token === undefined) throw new Error('no logout token yet')
      return token
    },
    { timeoutMs: 20_000 },
  )
  receiver.close()

  const signatureOf = (jwt: string | undefined) => jwt?.split('.')[2] ?? ''
  return {
    'client secret': made.client_secret,
    'authorization code': code,
    'code verifier': pkceCodeVerifier,
    'flow handle': login.url.searchParams.get('flow') ?? '',
    'flow handle of a device': typed.url.searchParams.get('flow') ?? '',
    'access token of the application': signatureOf(tokens.access_token),
    'refresh token of the application': tokens.refresh_token ?? '',
    'refreshed access token of the application': signatureOf(refreshed.access_token),
    'ID token of the application': signatureOf(tokens.id_token),
    'device code': device.device_code,
    'address with the user code': complete.pathname + complete.search,
    'access token of the device': signatureOf(onDevice.access_token),
    'refresh token of the device': onDevice.refresh_token ?? '',
    'logout token': signatureOf(logoutToken),
  }
}
