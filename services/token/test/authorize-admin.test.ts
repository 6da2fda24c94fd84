/** AuthorizeAdmin: another service's part of the admin API asks about a bearer. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { adminSecret, adminSettings, anOperator, tokenOf } from './an-operator.ts'
import { createDpopClient } from './dpop-client.ts'
import { issuer, startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica
beforeAll(async () => {
  suite = await startTokenSuite()
  replica = await suite.startReplica({ ...adminSettings, DPOP_REQUIRE_NONCE: 'false' })
})
afterAll(async () => {
  await replica.close()
  await suite.close()
})

const call = { method: 'GET', path: '/admin/api/users', dpopProofs: [] as string[] }
const scope = 'admin:users:read'
const basic = `Basic ${Buffer.from(`admin:${adminSecret}`).toString('base64')}`

const ask = (authorization: string[], dpopProofs: string[] = []) =>
  replica.client.authorizeAdmin({ ...call, authorization, dpopProofs, scope })

describe('AuthorizeAdmin', () => {
  it('names the client of an operator whose token has the scope', async () => {
    const bearer = await tokenOf(replica, { scope })
    expect(await ask([`Bearer ${bearer}`])).toEqual({ clientId: 'admin', dpopNonce: '' })
  })

  it.each([
    ['nothing', []],
    ['a token that is none', ['Bearer nonsense']],
    ['two', ['Bearer a', 'Bearer b']],
    ['Basic', ['Basic YTpi']],
  ])('refuses %s with the status and the challenge of the answer', async (_what, authorization) => {
    await expect(ask(authorization)).rejects.toMatchObject({
      reason: expect.stringMatching(/^INVALID_(TOKEN|REQUEST)$/),
      metadata: {
        status: expect.stringMatching(/^40[01]$/),
        'www-authenticate': expect.stringContaining('Bearer'),
      },
    })
  })

  it('refuses the token of a user', async () => {
    const { accessToken } = await suite.signIn(replica)
    await expect(ask([`Bearer ${accessToken}`])).rejects.toMatchObject({ reason: 'INSUFFICIENT_SCOPE' })
  })

  it('refuses a token without the scope, and one whose client has lost it', async () => {
    const other = await tokenOf(replica, { scope: 'admin:users:write' })
    await expect(ask([`Bearer ${other}`])).rejects.toMatchObject({
      status: 'PERMISSION_DENIED',
      reason: 'INSUFFICIENT_SCOPE',
      metadata: { status: '403' },
    })
    const { send } = await anOperator(replica)
    const members = { name: 'Support', grant_types: ['client_credentials'], scope, redirect_uris: [] }
    const { body } = await send('POST', '/admin/api/clients', members)
    const credentials = { id: String(body?.client_id), secret: String(body?.client_secret) }
    const bearer = await tokenOf(replica, { ...credentials, scope })
    expect(await ask([`Bearer ${bearer}`])).toMatchObject({ clientId: credentials.id })
    await send('PATCH', `/admin/api/clients/${credentials.id}`, { scope: 'admin:users:write' })
    await expect(ask([`Bearer ${bearer}`])).rejects.toMatchObject({ reason: 'INSUFFICIENT_SCOPE' })
  })

  it('refuses a token that was revoked', async () => {
    const bearer = await tokenOf(replica, { scope })
    await replica.postForm('/oauth/revoke', { token: bearer }, { authorization: basic })
    await expect(ask([`Bearer ${bearer}`])).rejects.toMatchObject({ reason: 'INVALID_TOKEN' })
  })

  it('wants a proof for this very call of a token that is bound to a key, once', async () => {
    const dpop = createDpopClient()
    const tokenRequest = await replica.postForm(
      '/oauth/token',
      { grant_type: 'client_credentials', scope },
      { authorization: basic, dpop: await dpop.aProof({ url: `${issuer}/oauth/token` }) },
    )
    const accessToken = String(tokenRequest.body.access_token)
    const url = `${issuer}${call.path}`
    await expect(ask([`Bearer ${accessToken}`])).rejects.toMatchObject({ reason: 'INVALID_TOKEN' })
    const proof = await dpop.aProof({ method: 'GET', url, accessToken })
    expect(await ask([`DPoP ${accessToken}`], [proof])).toEqual({
      clientId: 'admin',
      dpopNonce: expect.stringMatching(/./),
    })
    await expect(ask([`DPoP ${accessToken}`], [proof])).rejects.toMatchObject({
      metadata: { status: '401', 'www-authenticate': expect.stringContaining('DPoP') },
    })
    const elsewhere = await dpop.aProof({ method: 'DELETE', url, accessToken })
    await expect(ask([`DPoP ${accessToken}`], [elsewhere])).rejects.toMatchObject({
      reason: 'INVALID_DPOP_PROOF',
    })
  })
})
