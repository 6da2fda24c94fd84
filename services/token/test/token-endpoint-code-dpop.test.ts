/** What a code gives is bound to the key that proves itself beside it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { decodeJwt } from 'jose'
import { type CodeRedemptions, startCodeRedemptions } from './code-redemptions.ts'
import { createDpopClient } from './dpop-client.ts'
import { issuer } from './token-under-test.ts'

let codes: CodeRedemptions
beforeAll(async () => {
  codes = await startCodeRedemptions()
})
afterAll(() => codes.close())

describe('CHECKLIST 24: DPoP at the token endpoint (RFC 9449 §5)', () => {
  const url = `${issuer}/oauth/token`

  it('binds the access token and a public client’s refresh token to the key', async () => {
    const key = createDpopClient()
    const { client, redeem } = await codes.aRedemption()
    const { body, headers } = await redeem({}, codes.replica, { dpop: await key.aProof({ url }) })
    expect(body.token_type).toBe('DPoP')
    expect(headers.get('dpop-nonce')).toEqual(expect.any(String))
    expect(decodeJwt(String(body.access_token)).cnf).toEqual({ jkt: key.jkt })

    const parameters = {
      grant_type: 'refresh_token',
      client_id: client.id,
      refresh_token: String(body.refresh_token),
    }
    const strangers = createDpopClient()
    for (const proof of [undefined, await strangers.aProof({ url })]) {
      const headers: Record<string, string> = proof === undefined ? {} : { dpop: proof }
      expect((await codes.replica.postForm('/oauth/token', parameters, headers)).body.error).toBe(
        'invalid_grant',
      )
    }
    const next = await codes.replica.postForm('/oauth/token', parameters, { dpop: await key.aProof({ url }) })
    expect(decodeJwt(String(next.body.access_token)).cnf).toEqual({ jkt: key.jkt })
  })

  it('gives tokens to the key of the authorization request alone (§10)', async () => {
    const key = createDpopClient()
    const wrong = await codes.aRedemption({ grant: { dpopJkt: key.jkt } })
    expect((await wrong.redeem()).body.error).toBe('invalid_grant')
    const right = await codes.aRedemption({ grant: { dpopJkt: key.jkt } })
    expect((await right.redeem({}, codes.replica, { dpop: await key.aProof({ url }) })).status).toBe(200)
  })

  it('asks for a nonce, uses nothing up, and takes the proof with it (§8)', async () => {
    const key = createDpopClient()
    const { redeem } = await codes.aRedemption()
    const asked = await redeem({}, codes.other, { dpop: await key.aProof({ url }) })
    expect([asked.status, asked.body.error]).toEqual([400, 'use_dpop_nonce'])
    const nonce = asked.headers.get('dpop-nonce') ?? ''
    expect((await redeem({}, codes.other, { dpop: await key.aProof({ url, nonce }) })).status).toBe(200)
  })

  it('is needed by a client that has registered it (§5.2)', async () => {
    const { redeem } = await codes.aRedemption({ client: { metadata: { dpop_bound_access_tokens: true } } })
    expect(await redeem()).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    const key = createDpopClient()
    expect((await redeem({}, codes.replica, { dpop: await key.aProof({ url }) })).status).toBe(200)
  })
})
