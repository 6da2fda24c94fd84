import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { aClient } from './a-client.ts'
import { issuer, startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'
const loopback = { OUTBOUND_ALLOWED_NETWORKS: '127.0.0.0/8' }

let suite: Suite
const receivers: Server[] = []
const close = (server: Server) => new Promise(resolve => server.close(resolve))
beforeAll(async () => {
  suite = await startTokenSuite()
})
afterEach(async () => {
  await Promise.all(receivers.splice(0).map(close))
})
afterAll(() => suite.close())

/** A client's endpoint, which answers with these statuses one after the other and then with the last; 0 is to hang up. */
const aReceiver = async (statuses: readonly number[]) => {
  const heard: { contentType: string | undefined; form: URLSearchParams }[] = []
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    const status = statuses[Math.min(heard.length, statuses.length - 1)] ?? 200
    heard.push({
      contentType: req.headers['content-type'],
      form: new URLSearchParams(Buffer.concat(chunks).toString()),
    })
    if (status === 0) req.socket.destroy()
    else res.writeHead(status).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  receivers.push(server)
  const { port } = server.address() as AddressInfo
  const tokens = () => heard.map(({ form }) => form.get('logout_token') ?? '')
  return { heard, tokens, uri: `http://127.0.0.1:${port}/backchannel` }
}

const signedInTo = async (metadata: NonNullable<Parameters<typeof aClient>[1]>['metadata']) => {
  const { id: clientId } = await aClient(suite.database, { metadata: { ...metadata } })
  const ids = { sessionId: createUuid(), subject: createUuid() }
  const endsAt = new Date(Date.now() + 3_600_000)
  await suite.database.prisma.clientSession.create({ data: { ...ids, clientId, endsAt } })
  const end = () =>
    suite.publishSessionEvent({
      type: 'session.ended',
      session_id: ids.sessionId,
      user_id: ids.subject,
      reason: 'logout',
      ended_at: new Date().toISOString(),
    })
  const messages = () => suite.database.prisma.outbox.findMany({ where: { key: ids.sessionId } })
  return { ...ids, clientId, end, messages }
}

/** As if the time until the next attempt had passed. */
const makeDue = () =>
  suite.database.pool.query('update outbox set next_attempt_at = now() where relayed_at is null')

describe('OpenID Connect Back-Channel Logout 1.0', () => {
  let replica: Awaited<ReturnType<Suite['startReplica']>>
  beforeAll(async () => {
    replica = await suite.startReplica(loopback)
  })
  afterAll(() => replica.close())

  const verify = async (token: string, audience: string) => {
    const jwks = (await (await replica.get('/.well-known/jwks.json')).json()) as JSONWebKeySet
    return jwtVerify(token, createLocalJWKSet(jwks), { issuer, audience, typ: 'logout+jwt' })
  }

  it.each(['RS256', 'ES256', 'EdDSA'] as const)(
    'CHECKLIST 32: the logout token has typ, events, jti, sub and sid, and no nonce (§2.4), signed by %s',
    async id_token_signed_response_alg => {
      const receiver = await aReceiver([200])
      const signIn = await signedInTo({ backchannel_logout_uri: receiver.uri, id_token_signed_response_alg })
      await signIn.end()
      await eventually(() => expect(receiver.heard).toHaveLength(1))
      expect(receiver.heard[0]?.contentType).toBe('application/x-www-form-urlencoded')
      const { payload, protectedHeader } = await verify(receiver.tokens()[0] ?? '', signIn.clientId)
      expect(protectedHeader).toMatchObject({ alg: id_token_signed_response_alg, typ: 'logout+jwt' })
      expect(payload).toEqual({
        iss: issuer,
        aud: signIn.clientId,
        iat: expect.any(Number),
        exp: (payload.iat ?? 0) + 120,
        jti: expect.any(String),
        events: { [logoutEvent]: {} },
        sub: signIn.subject,
        sid: signIn.sessionId,
      })
    },
  )

  it('is sent again until it is taken, each time signed anew, with one jti (§2.8)', async () => {
    const receiver = await aReceiver([503, 500, 200])
    const signIn = await signedInTo({ backchannel_logout_uri: receiver.uri })
    await signIn.end()
    await eventually(
      async () => {
        await makeDue()
        expect((await signIn.messages())[0]).toMatchObject({ attempts: 3, relayedAt: expect.any(Date) })
      },
      { timeoutMs: 15_000, intervalMs: 200 },
    )
    const verified = await Promise.all(receiver.tokens().map(token => verify(token, signIn.clientId)))
    expect(new Set(verified.map(({ payload }) => payload.jti)).size).toBe(1)
    expect(verified).toHaveLength(3)
  })

  it('is not sent again once the client has refused it with 400', async () => {
    const receiver = await aReceiver([400])
    const signIn = await signedInTo({ backchannel_logout_uri: receiver.uri })
    await signIn.end()
    await eventually(async () => expect((await signIn.messages())[0]?.relayedAt).toBeInstanceOf(Date))
    expect(receiver.heard).toHaveLength(1)
  })

  it('is sent once, although the event comes twice', async () => {
    const receiver = await aReceiver([200])
    const signIn = await signedInTo({ backchannel_logout_uri: receiver.uri })
    await signIn.end()
    await signIn.end()
    const last = await signedInTo({ backchannel_logout_uri: receiver.uri })
    await last.end()
    await eventually(() => expect(receiver.heard).toHaveLength(2))
    expect(await signIn.messages()).toHaveLength(1)
  })

  it('keeps nothing else waiting: a client that never answers', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const forgetSlow = async () => {
      silent.closeAllConnections()
      await suite.database.pool.query(`delete from outbox where kind = 'backchannel.logout'`)
    }
    const endOneBehindSlow = async () => {
      await forgetSlow()
      const slow = await Promise.all(
        Array.from({ length: 25 }, () => signedInTo({ backchannel_logout_uri: `http://127.0.0.1:${port}/` })),
      )
      for (const signIn of slow) await signIn.end()
      await eventually(async () => expect((await slow[0]?.messages())?.[0]).toMatchObject({ attempts: 1 }))
      const sessionId = createUuid()
      const payload = { session_id: sessionId, reason: 'logout' }
      const row = { id: createUuid(), kind: 'session.end', key: sessionId, payload }
      await suite.database.prisma.outbox.create({ data: row })
      await eventually(() => expect(suite.sessionService.ended.has(sessionId)).toBe(true), {
        // Sooner than the slow ones are given up.
        timeoutMs: 4_500,
      })
    }
    // Another round, where a busy machine took longer than that.
    await eventually(endOneBehindSlow, { timeoutMs: 60_000 })
    await forgetSlow()
    await close(silent)
  })

  it('is given up after a day', async () => {
    const receiver = await aReceiver([503])
    const signIn = await signedInTo({ backchannel_logout_uri: receiver.uri })
    await signIn.end()
    await eventually(async () => expect((await signIn.messages())[0]?.lastError).toMatch(/503/))
    await suite.database.pool.query(
      `update outbox set created_at = now() - interval '25 hours', next_attempt_at = now() where key = $1`,
      [signIn.sessionId],
    )
    const { attempts } = await eventually(async () => {
      const [message] = await signIn.messages()
      expect(message?.relayedAt).toBeInstanceOf(Date)
      return { attempts: message?.attempts ?? 0 }
    })
    // Once more, and no more: of those before, a busy machine may have seen more than one.
    expect(attempts).toBeGreaterThan(1)
    expect(receiver.heard).toHaveLength(attempts)
  })

  it('is not sent to a client that was deactivated meanwhile', async () => {
    const receiver = await aReceiver([200])
    const { id: clientId } = await aClient(suite.database, {
      active: false,
      metadata: { backchannel_logout_uri: receiver.uri },
    })
    const [sessionId, subject] = [createUuid(), createUuid()]
    const payload = { client_id: clientId, subject, session_id: sessionId }
    const row = { id: createUuid(), kind: 'backchannel.logout', key: sessionId, payload }
    await suite.database.prisma.outbox.create({ data: row })
    const read = () => suite.database.prisma.outbox.findUniqueOrThrow({ where: { id: row.id } })
    await eventually(async () => expect((await read()).relayedAt).toBeInstanceOf(Date))
    expect(receiver.heard).toHaveLength(0)
  })

  it('counts what came of it', async () => {
    const metrics = await (await fetch(`http://127.0.0.1:${replica.ports.management}/metrics`)).text()
    expect(metrics).toMatch(/backchannel_logouts_total\{outcome="delivered"[^}]*\} \d/)
    expect(metrics).toMatch(/backchannel_logouts_total\{outcome="failed"[^}]*\} \d/)
    for (const outcome of ['refused', 'abandoned', 'withdrawn'])
      expect(metrics).toMatch(new RegExp(`backchannel_logouts_total\\{outcome="${outcome}"[^}]*\\} 1`))
  })

  it('is in the metadata', async () => {
    const metadata = await (await replica.get('/.well-known/openid-configuration')).json()
    expect(metadata).toMatchObject({
      end_session_endpoint: `${issuer}/oauth/logout`,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    })
  })
})

describe('CHECKLIST 32: a logout token is delivered after a crash too', () => {
  it('by another replica than the one that the session’s end came to', async () => {
    const statuses = [0]
    const receiver = await aReceiver(statuses)
    const signIn = await signedInTo({ backchannel_logout_uri: receiver.uri })
    const first = await suite.startReplica(loopback)
    await signIn.end()
    await eventually(async () =>
      expect((await signIn.messages())[0]?.lastError).toMatch(/can not be reached/),
    )
    await first.close()
    statuses[0] = 200
    await makeDue()
    const second = await suite.startReplica(loopback)
    await eventually(
      async () => expect((await signIn.messages())[0]).toMatchObject({ relayedAt: expect.any(Date) }),
      { timeoutMs: 20_000 },
    )
    await second.close()
  })
})

describe('CHECKLIST 30: no private address is reached, unless the operator allows it', () => {
  it('so that a client can’t have this service call its neighbours', async () => {
    const receiver = await aReceiver([200])
    const signIn = await signedInTo({ backchannel_logout_uri: receiver.uri })
    const strict = await suite.startReplica()
    await signIn.end()
    await eventually(async () => expect((await signIn.messages())[0]?.lastError).toMatch(/public internet/))
    expect(receiver.heard).toHaveLength(0)
    await strict.close()
  })
})
