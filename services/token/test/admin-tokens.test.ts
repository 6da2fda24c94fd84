/** /admin/api/tokens/decode. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { toRefreshToken } from '../src/domain/refresh-token.ts'
import { adminSettings, tokenOf } from './an-operator.ts'
import { aGrant, createIssuedTokens, type IssuedTokens } from './issued-tokens.ts'
import { startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica
let issued: IssuedTokens
let bearer: string
beforeAll(async () => {
  suite = await startTokenSuite()
  replica = await suite.startReplica(adminSettings)
  issued = await createIssuedTokens(suite)
  bearer = await tokenOf(replica, { scope: 'admin:sessions:read' })
})
afterAll(async () => {
  await replica.close()
  await suite.close()
})

const decode = (json: unknown, as = bearer) =>
  replica.send('POST', '/admin/api/tokens/decode', { json, bearer: as })
const query = (text: string, ...values: unknown[]) => suite.database.pool.query(text, values)

describe('POST /admin/api/tokens/decode', () => {
  it('tells what an opaque refresh token stands for', async () => {
    const grant = aGrant()
    const token = await issued.refreshToken(grant)
    expect(await decode({ token })).toMatchObject({
      status: 200,
      body: {
        kind: 'refresh_token',
        state: 'live',
        subject: grant.subject,
        session_id: grant.sessionId,
        family: grant.id,
        client_id: 'latchkey',
        ended_at: null,
      },
    })
  })

  it('tells why one is not good any more', async () => {
    const grant = aGrant()
    const token = await issued.refreshToken(grant)
    await query(
      'update refresh_families set current_hash = $2, rotated_at = now() where id = $1',
      grant.id,
      randomBytes(32),
    )
    expect((await decode({ token })).body).toMatchObject({ state: 'used', rotated_at: expect.any(String) })
    await query(`update refresh_families set ended_at = now(), end_reason = 'reused' where id = $1`, grant.id)
    expect((await decode({ token })).body).toMatchObject({ state: 'ended', end_reason: 'reused' })
  })

  it('tells of an access token what it says, and whether its grant was revoked', async () => {
    const grant = aGrant()
    const token = await issued.accessToken(grant)
    await query(
      `insert into revocations (key, expires_at) values ($1, now() + interval '1 hour')`,
      `grant:${grant.id}`,
    )
    expect((await decode({ token })).body).toMatchObject({
      kind: 'access_token',
      state: 'revoked',
      claims: { sub: grant.subject, sid: grant.sessionId },
    })
  })

  it('knows nothing that was issued elsewhere', async () => {
    for (const token of ['nonsense', toRefreshToken(randomBytes(32)), 'a.b.c'])
      expect(await decode({ token })).toMatchObject({ status: 404, body: { code: 'TOKEN_NOT_FOUND' } })
  })

  it('is for operators with admin:sessions:read, and needs a token', async () => {
    const other = await tokenOf(replica, { scope: 'admin:clients:read' })
    expect((await decode({ token: 'x' }, other)).status).toBe(403)
    for (const wrong of [
      {},
      { token: '' },
      { token: 7 },
      { token: 'a'.repeat(8_193) },
      { token: 'x', extra: 1 },
    ])
      expect((await decode(wrong)).status).toBe(400)
  })
})
