/** A code has one success, in the hands of its own client, while it lives; what comes after it ends what it gave. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { aClient, redirectUri } from './a-client.ts'
import { type CodeRedemptions, spent, startCodeRedemptions } from './code-redemptions.ts'

let codes: CodeRedemptions
beforeAll(async () => {
  codes = await startCodeRedemptions()
})
afterAll(() => codes.close())

describe('CHECKLIST 14: a code has at most one success', () => {
  it('under twenty parallel redemptions over two replicas, whose other ones revoke what it gave', async () => {
    const { client, grant, redeem } = await codes.aRedemption()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => redeem({}, n % 2 === 0 ? codes.replica : codes.other)),
    )
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    for (const { status, body } of answers)
      if (status !== 200) expect([status, body]).toEqual([400, expect.objectContaining(spent)])
    expect(await codes.isRevoked(grant.id)).toBe(true)
    const { body } = await codes.refresh(client.id, won[0]?.body.refresh_token)
    expect(body).toMatchObject({ error: 'invalid_grant' })
  })

  it('and a replay revokes what was issued, and says so in the log', async () => {
    const { client, grant, redeem } = await codes.aRedemption()
    const first = await redeem()
    expect(await codes.isRevoked(grant.id)).toBe(false)
    expect(await redeem({}, codes.other)).toMatchObject({ status: 400, body: spent })
    expect(await redeem()).toMatchObject({ status: 400, body: spent })
    expect(await codes.isRevoked(grant.id)).toBe(true)
    expect((await codes.refresh(client.id, first.body.refresh_token)).body.error).toBe('invalid_grant')
    expect(
      await codes.suite.database.prisma.refreshFamily.findUnique({ where: { id: grant.id } }),
    ).toMatchObject({
      endReason: 'authorization_code_reused',
    })
    expect(codes.log.entries()).toContainEqual(
      expect.objectContaining({ message: 'an authorization code was used again', grant_id: grant.id }),
    )
  })

  it('expires', async () => {
    const { redeem } = await codes.aRedemption({ code: { ttlSeconds: 0 } })
    expect(await redeem()).toMatchObject({ status: 400, body: spent })
  })

  it('is unknown to everybody where it was never issued', async () => {
    const { redeem } = await codes.aRedemption()
    const code = randomBytes(32).toString('base64url')
    expect(await redeem({ code })).toMatchObject({ status: 400, body: spent })
    expect((await redeem({ code: '' })).body).toMatchObject({
      error: 'invalid_request',
      error_description: 'code parameter is required',
    })
  })

  it('is of no use to another client, and is not used up by it', async () => {
    const { redeem } = await codes.aRedemption()
    const stranger = await aClient(codes.suite.database)
    expect(await redeem({ client_id: stranger.id })).toMatchObject({ status: 400, body: spent })
    expect((await redeem()).status).toBe(200)
  })

  it('is bound to its redirect URI, and used up by another one', async () => {
    const { redeem } = await codes.aRedemption()
    const { status, body } = await redeem({ redirect_uri: `${redirectUri}/` })
    expect([status, body.error]).toEqual([400, 'invalid_grant'])
    expect((await redeem()).body).toMatchObject(spent)
  })

  it('needs no redirect URI where a verifier proves who began (draft OAuth 2.1 §10.2)', async () => {
    expect((await (await codes.aRedemption()).redeem({ redirect_uri: '' })).status).toBe(200)
    const without = await codes.aRedemption({ code: { codeChallenge: undefined } })
    const { body } = await without.redeem({ redirect_uri: '', code_verifier: '' })
    expect(body.error).toBe('invalid_grant')
  })

  it('is over with its session', async () => {
    const { grant, redeem } = await codes.aRedemption()
    await codes.redis.set(`session_ended:${grant.sessionId}`, 'logout')
    expect(await redeem()).toMatchObject({ status: 400, body: spent })
  })
})
