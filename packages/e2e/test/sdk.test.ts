/** @latchkey/sdk against the suite: resource servers of users (RFC 6750, 7662, 9449), and the first-party client. */
import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  type AccessOptions,
  type AccessVerifier,
  claimsOf,
  createDPoP,
  createIntrospection,
  createTokenVerifier,
  requireBearer,
} from '@latchkey/sdk'
import { createAuthClient, createMemoryStorage, NotSignedInError } from '@latchkey/sdk/client'
import { eventually } from '@latchkey/testkit'
import * as client from 'openid-client'
import { type Answer, call } from '../src/call.ts'
import { mailsTo, resetLinkIn } from '../src/mails.ts'
import { createOperator, type MadeClient, type Operator, postForm } from '../src/operator.ts'
import { aPerson, expected } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
let operator: Operator
beforeAll(async () => {
  suite = await sharedSuite()
  operator = await createOperator(suite)
})

const servers: Server[] = []
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

/** A resource server of somebody's, whose address is its audience. */
const aResourceServer = async (
  protect: (audience: string) => Promise<{ verifier: AccessVerifier; options?: AccessOptions }>,
) => {
  let guard: ReturnType<typeof requireBearer> | undefined
  const server = createServer((request, response) => {
    void guard?.(request, response, error => {
      if (error !== undefined) response.statusCode = 500
      response.end(error === undefined ? claimsOf(request).client_id : String(error))
    })
  })
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const audience = `http://localhost:${(server.address() as AddressInfo).port}`
  const { verifier, options } = await protect(audience)
  guard = requireBearer(verifier, options)
  return { audience, ask: (bearer: string): Promise<Answer> => call(audience, 'GET', '/', { bearer }) }
}

const aVerifier = (audience: string) =>
  createTokenVerifier({
    issuer: suite.issuer,
    audience,
    jwks: `${suite.gateway}/.well-known/jwks.json`,
  })

const aMachine = (scope = ''): Promise<MadeClient> =>
  operator.makeClient({ grant_types: ['client_credentials'], scope })

const tokenFor = async (machine: MadeClient, fields: Readonly<Record<string, string>>): Promise<string> => {
  const answer = await postForm(suite, '/oauth/token', machine, {
    grant_type: 'client_credentials',
    ...fields,
  })
  return expected<{ access_token: string }>(200, answer).access_token
}

describe('a resource server by @latchkey/sdk', () => {
  it('accepts tokens for itself, and no others (RFC 8707)', async () => {
    const machine = await aMachine()
    const api = await aResourceServer(async audience => ({ verifier: aVerifier(audience) }))
    const good = await api.ask(await tokenFor(machine, { resource: api.audience }))
    expect(good).toMatchObject({ status: 200, text: machine.client_id })
    const other = await api.ask(await tokenFor(machine, { resource: 'https://other.example' }))
    expect(other.status).toBe(401)
    expect(other.headers['www-authenticate']).toContain('invalid_token')
  })

  it('asks for scopes (RFC 6750 §3.1)', async () => {
    const scope = await operator.makeScope()
    const machine = await aMachine(scope)
    const api = await aResourceServer(async audience => ({
      verifier: aVerifier(audience),
      options: { scope },
    }))
    expect((await api.ask(await tokenFor(machine, { resource: api.audience, scope }))).status).toBe(200)
    const other = await aMachine()
    const poor = await api.ask(await tokenFor(other, { resource: api.audience }))
    expect(poor.status).toBe(403)
    expect(poor.headers['www-authenticate']).toContain(`scope="${scope}"`)
  })

  it('sees a revocation by introspection, which verification alone does not (RFC 7662, RFC 7009)', async () => {
    const machine = await aMachine()
    const introspectionOf = async (audience: string) => {
      const { client_id: clientId, client_secret: clientSecret } = await operator.makeClient({
        grant_types: ['client_credentials'],
        resources: [audience],
      })
      return createIntrospection({
        issuer: suite.issuer,
        audience,
        endpoint: `${suite.gateway}/oauth/introspect`,
        clientId,
        clientSecret,
        cacheSeconds: 0,
      })
    }
    let offline: AccessVerifier | undefined
    const api = await aResourceServer(async audience => {
      offline = aVerifier(audience)
      const { isRevoked } = await introspectionOf(audience)
      return { verifier: offline, options: { isRevoked } }
    })
    const asking = await introspectionOf(api.audience)
    const token = await tokenFor(machine, { resource: api.audience })
    expect((await api.ask(token)).status).toBe(200)
    await expect(asking.verify(token)).resolves.toMatchObject({ client_id: machine.client_id })

    expect((await postForm(suite, '/oauth/revoke', machine, { token })).status).toBe(200)
    await expect(offline?.verify(token)).resolves.toBeDefined()
    expect((await api.ask(token)).status).toBe(401)
    await expect(asking.verify(token)).rejects.toMatchObject({ reason: 'inactive' })
  })

  it('accepts bound tokens by the proofs of openid-client, and a thief’s by none (RFC 9449 §7)', async () => {
    const machine = await aMachine()
    const api = await aResourceServer(async audience => ({
      verifier: aVerifier(audience),
      options: { dpop: createDPoP({ origin: audience }), dpopOnly: true },
    }))
    const config = await client.discovery(
      new URL(suite.issuer),
      machine.client_id,
      machine.client_secret,
      client.ClientSecretBasic(),
      { execute: [client.allowInsecureRequests] },
    )
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair())
    const { access_token, token_type } = await client.clientCredentialsGrant(
      config,
      { resource: api.audience },
      { DPoP },
    )
    expect(token_type.toLowerCase()).toBe('dpop')
    const url = new URL(api.audience)
    const fetchOrders = () =>
      client.fetchProtectedResource(config, access_token, url, 'GET', null, new Headers(), { DPoP })
    for (const _ of Array(3)) expect((await fetchOrders()).status).toBe(200)
    expect((await api.ask(access_token)).status).toBe(401)
  })
})

describe('the first-party client of @latchkey/sdk', () => {
  const aClient = (storage = createMemoryStorage()) => {
    let signedOut = 0
    const auth = createAuthClient({
      baseUrl: suite.gateway,
      storage,
      onSignedOut: () => {
        signedOut += 1
      },
    })
    return { auth, storage, timesSignedOut: () => signedOut }
  }

  it('registers, signs in, reads and changes the profile, and signs out', async () => {
    const person = aPerson()
    const { auth, storage } = aClient()
    const registered = await auth.register(person)
    expect(registered).toMatchObject({ outcome: 'signed_in', user: { email: person.email } })
    expect(await auth.updateMe({ name: 'Ada', metadata: { theme: 'dark' } })).toMatchObject({ name: 'Ada' })
    await expect(auth.me()).resolves.toMatchObject({ name: 'Ada', metadata: { theme: 'dark' } })
    const before = await storage.load()
    await auth.logout()
    await expect(auth.me()).rejects.toThrow(NotSignedInError)
    const late = aClient()
    if (before !== undefined) await late.storage.save(before)
    await expect(late.auth.me()).rejects.toMatchObject({ code: 'INVALID_REFRESH_TOKEN' })
    expect(late.timesSignedOut()).toBe(1)
  })

  it('tells each refusal by its code', async () => {
    const person = aPerson()
    const { auth } = aClient()
    await auth.register(person)
    await expect(auth.register(person)).rejects.toMatchObject({ code: 'EMAIL_EXISTS', status: 409 })
    await expect(auth.login({ ...person, password: 'Wrong-Password-1!' })).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
      requestId: expect.any(String),
    })
    await expect(auth.register({ ...aPerson(), password: 'abc' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: expect.arrayContaining([expect.objectContaining({ field: 'password' })]),
    })
    await expect(auth.endSession(randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('refreshes once for twenty calls at a time, and goes on from there', async () => {
    const { auth, storage } = aClient()
    await auth.register(aPerson())
    const first = await storage.load()
    await Promise.all(Array.from({ length: 20 }, () => auth.refresh()))
    const second = await storage.load()
    expect(second?.refreshToken).not.toBe(first?.refreshToken)
    await auth.refresh()
    await expect(auth.me()).resolves.toBeDefined()
  })

  it('lists sessions and ends the others, whose clients learn it', async () => {
    const person = aPerson()
    const laptop = aClient()
    await laptop.auth.register(person)
    const phone = aClient()
    await phone.auth.login({ email: person.email, password: person.password, remember_me: true })
    const sessions = await laptop.auth.sessions()
    expect(sessions.filter(({ current }) => current)).toHaveLength(1)
    expect(await laptop.auth.endOtherSessions()).toBe(sessions.length - 1)
    await expect(laptop.auth.me()).resolves.toBeDefined()
  })

  it('changes the password, resets it by mail, and deletes the account', async () => {
    const person = aPerson()
    const { auth } = aClient()
    await auth.register(person)
    const changed = 'Another-Horse-8!'
    await auth.changePassword({ current_password: person.password, new_password: changed })
    await auth.requestPasswordReset({ email: person.email })
    // The mail about the change may come before or after.
    const { token } = await eventually(async () => {
      const mails = await mailsTo(suite, person.email)
      const [link] = mails.flatMap(mail =>
        mail.text.includes('/reset-password?') ? [resetLinkIn(mail)] : [],
      )
      if (link === undefined) throw new Error('no mail with a link yet')
      return link
    })
    const reset = 'Third-Horse-9!'
    await auth.confirmPasswordReset({ token, new_password: reset })
    await expect(auth.confirmPasswordReset({ token, new_password: reset })).rejects.toMatchObject({
      code: 'INVALID_RESET_TOKEN',
    })
    await auth.login({ email: person.email, password: reset })
    await expect(auth.deleteMe({ password: 'wrong' })).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' })
    await auth.deleteMe({ password: reset })
    await expect(auth.login({ email: person.email, password: reset })).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    })
  })
})
