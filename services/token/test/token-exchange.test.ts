import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { decodeJwt } from 'jose'
import type { Grant } from '../src/domain/grant.ts'
import { aClient, type ClientInit, redirectUri } from './a-client.ts'
import { aCode } from './a-code.ts'
import { createDpopClient } from './dpop-client.ts'
import { addScopes } from './scopes.ts'
import { issuer, startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>
type Parameters = Readonly<Record<string, string | readonly string[]>>

let suite: Suite
let replica: Replica
let redis: Redis

beforeAll(async () => {
  suite = await startTokenSuite()
  await addScopes(suite.database, ['orders:read', 'orders:write', 'mail:send'])
  replica = await suite.startReplica({ DPOP_REQUIRE_NONCE: 'false' })
  redis = new Redis(suite.redis.url)
  await redis.set('revocation:epoch', 'epoch-1')
})
afterAll(async () => {
  redis.disconnect()
  await replica.close()
  await suite.close()
})

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const orders = 'https://orders.example/'
const mail = 'https://mail.example/'

/** A user's access token for the orders service, given to an application. */
const aUsersToken = async (grant: Partial<Grant> = {}, headers: Record<string, string> = {}) => {
  const application = await aClient(suite.database, {
    type: 'confidential',
    metadata: {
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', exchange],
      scope: 'openid orders:read orders:write mail:send',
    },
  })
  const authentication = { client_id: application.id, client_secret: application.rawSecret }
  const {
    code,
    codeVerifier,
    grant: granted,
  } = await aCode(suite.database, application, {
    grant: { scope: 'openid orders:read orders:write', resources: [orders], ...grant },
  })
  const { body } = await replica.postForm(
    '/oauth/token',
    {
      grant_type: 'authorization_code',
      code,
      code_verifier: codeVerifier,
      redirect_uri: redirectUri,
      ...authentication,
    },
    headers,
  )
  return { token: String(body.access_token), grant: granted, application: { ...application, authentication } }
}

/** The orders service, which calls the mail service for its users. */
const aService = async (init: ClientInit = {}) => {
  const client = await aClient(suite.database, {
    type: 'confidential',
    ...init,
    metadata: {
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: [exchange, 'client_credentials'],
      scope: 'orders:read mail:send',
      resources: [orders, mail],
      ...init.metadata,
    },
  })
  const authentication = { client_id: client.id, client_secret: client.rawSecret }
  const ask = (subjectToken: string, changes: Parameters = {}, headers: Record<string, string> = {}) =>
    replica.postForm(
      '/oauth/token',
      {
        grant_type: exchange,
        subject_token: subjectToken,
        subject_token_type: accessTokenType,
        ...authentication,
        ...changes,
      },
      headers,
    )
  return { ...client, authentication, ask }
}

const claimsOf = (body: Record<string, unknown>) => decodeJwt(String(body.access_token))

describe('RFC 8693 §2: a token that is exchanged', () => {
  it('is one for the same user and session, in which the service acts (§4.1)', async () => {
    const [{ token, grant }, service] = [await aUsersToken(), await aService()]
    const { status, headers, body } = await service.ask(token, { resource: mail, scope: 'orders:read' })
    expect([status, body]).toEqual([
      200,
      {
        access_token: expect.any(String),
        issued_token_type: accessTokenType,
        token_type: 'Bearer',
        expires_in: expect.any(Number),
        scope: 'orders:read',
      },
    ])
    expect(headers.get('cache-control')).toBe('no-store')
    expect(claimsOf(body)).toMatchObject({
      iss: issuer,
      aud: mail,
      sub: grant.subject,
      client_id: service.id,
      sid: grant.sessionId,
      grant_id: grant.id,
      scope: 'orders:read',
      act: { sub: service.id, client_id: service.id },
    })
  })

  it('keeps who acted before', async () => {
    const [{ token }, first, second] = [await aUsersToken(), await aService(), await aService()]
    const { body } = await first.ask(token, { resource: mail })
    const next = await second.ask(String(body.access_token))
    expect(claimsOf(next.body).act).toEqual({
      sub: second.id,
      client_id: second.id,
      act: { sub: first.id, client_id: first.id },
    })
  })

  it('names the actor of the actor token, which is the client’s own', async () => {
    const [{ token }, service, stranger] = [await aUsersToken(), await aService(), await aService()]
    const tokenOf = async ({ authentication }: typeof service) => {
      const { body } = await replica.postForm('/oauth/token', {
        grant_type: 'client_credentials',
        ...authentication,
      })
      return { actor_token: String(body.access_token), actor_token_type: accessTokenType }
    }
    const { body } = await service.ask(token, await tokenOf(service))
    expect(claimsOf(body).act).toEqual({ sub: service.id, client_id: service.id })
    expect((await service.ask(token, await tokenOf(stranger))).body).toMatchObject({
      error: 'invalid_request',
      error_description: 'actor_token is not a valid access token that the client may exchange',
    })
    expect((await service.ask(token, { actor_token: token })).body.error).toBe('invalid_request')
    expect((await service.ask(token, { actor_token_type: accessTokenType })).body.error).toBe(
      'invalid_request',
    )
  })

  it('lives no longer than the token that it comes from', async () => {
    const [{ token }, service] = [
      await aUsersToken({ endsAt: new Date(Date.now() + 60_000) }),
      await aService({ metadata: { access_token_ttl_seconds: 3_600 } }),
    ]
    const { body } = await service.ask(token)
    expect(claimsOf(body).exp).toBe(decodeJwt(token).exp)
  })

  it('ends with the grant that it comes from', async () => {
    const [{ token, grant }, service] = [await aUsersToken(), await aService()]
    const { body } = await service.ask(token)
    await suite.database.pool.query(
      `insert into revocations (key, expires_at) values ($1, now() + interval '1 day')`,
      [`grant:${grant.id}`],
    )
    expect((await service.ask(String(body.access_token))).body.error).toBe('invalid_request')
  })
})

describe('CHECKLIST 20: exchange gains nothing', () => {
  it('gives what the token and the client both have where no scope is asked for', async () => {
    const [{ token }, service] = [await aUsersToken(), await aService()]
    expect((await service.ask(token)).body.scope).toBe('orders:read')
  })

  it.each(['mail:send', 'orders:write', 'orders:read mail:send', 'openid'])(
    'refuses a scope that one of them has not: %s',
    async scope => {
      const [{ token }, service] = [await aUsersToken(), await aService()]
      expect(await service.ask(token, { scope })).toMatchObject({
        status: 400,
        body: { error: 'invalid_scope' },
      })
    },
  )

  it('keeps the audience where none is asked for, and takes resource and audience alike', async () => {
    const [{ token }, service] = [await aUsersToken(), await aService()]
    expect(claimsOf((await service.ask(token)).body).aud).toBe(orders)
    expect(claimsOf((await service.ask(token, { audience: mail })).body).aud).toBe(mail)
    const both = await service.ask(token, { audience: mail, resource: orders })
    expect(claimsOf(both.body).aud).toEqual([orders, mail])
  })

  it.each(['https://bank.example/', 'bank', `${mail}#a`, issuer])(
    'refuses an audience that is neither the token’s nor the client’s: %s',
    async audience => {
      const [{ token }, service] = [await aUsersToken(), await aService()]
      expect((await service.ask(token, { audience })).body.error).toBe('invalid_target')
    },
  )

  it('refuses it to an application that has registered itself, whatever it says its resources are', async () => {
    const { token, application } = await aUsersToken()
    await suite.database.pool.query(
      `update clients set origin = 'registration',
              metadata = metadata || jsonb_build_object('resources', jsonb_build_array($2::text)) where id = $1`,
      [application.id, mail],
    )
    const changed = await suite.startReplica()
    const ask = (audience: string) =>
      changed.postForm('/oauth/token', {
        grant_type: exchange,
        subject_token: token,
        subject_token_type: accessTokenType,
        audience,
        ...application.authentication,
      })
    expect((await ask(mail)).body.error).toBe('invalid_target')
    expect((await ask(orders)).status).toBe(200)
    await changed.close()
  })
})

describe('RFC 8693 §2.2.2: a subject token that is not good', () => {
  const invalid = {
    error: 'invalid_request',
    error_description: 'subject_token is not a valid access token that the client may exchange',
  }

  it('is one that was never for the client', async () => {
    const [{ token }, stranger] = [await aUsersToken(), await aService({ metadata: { resources: [mail] } })]
    expect(await stranger.ask(token)).toMatchObject({ status: 400, body: invalid })
    const registered = await aService({ origin: 'registration' })
    expect((await registered.ask(token)).body).toMatchObject(invalid)
  })

  it('is a refresh token, an ID token, nonsense, or one whose session has ended', async () => {
    const [{ token, grant }, service] = [await aUsersToken(), await aService()]
    const signedIn = await suite.signIn(replica)
    for (const other of [signedIn.refreshToken, signedIn.accessToken, 'nonsense', `${token}x`]) {
      expect((await service.ask(other)).body).toMatchObject(invalid)
    }
    await redis.set(`session_ended:${grant.sessionId}`, 'logout')
    expect((await service.ask(token)).body).toMatchObject(invalid)
  })

  it('has the one type that there is, and gives that type', async () => {
    const [{ token }, service] = [await aUsersToken(), await aService()]
    const idToken = 'urn:ietf:params:oauth:token-type:id_token'
    for (const changes of [
      { subject_token_type: idToken },
      { subject_token_type: '' },
      { requested_token_type: idToken },
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
    ]) {
      expect((await service.ask(token, changes)).body.error).toBe('invalid_request')
    }
    expect((await service.ask(token, { requested_token_type: accessTokenType })).status).toBe(200)
  })

  it('is nobody’s to exchange who is not registered for it', async () => {
    const { token } = await aUsersToken()
    const service = await aService({ metadata: { grant_types: ['client_credentials'] } })
    expect((await service.ask(token)).body.error).toBe('unauthorized_client')
  })
})

describe('a subject token that is bound to a key (RFC 9449)', () => {
  const url = `${issuer}/oauth/token`

  it('is exchanged by the application that has the key, and by the service that was sent it', async () => {
    const [key, other] = [createDpopClient(), createDpopClient()]
    const { token, application } = await aUsersToken({}, { dpop: await key.aProof({ url }) })
    const ask = async (proof?: string) =>
      replica.postForm(
        '/oauth/token',
        {
          grant_type: exchange,
          subject_token: token,
          subject_token_type: accessTokenType,
          ...application.authentication,
        },
        proof === undefined ? {} : { dpop: proof },
      )
    expect((await ask()).body.error).toBe('invalid_grant')
    expect((await ask(await other.aProof({ url }))).body.error).toBe('invalid_grant')
    const own = await ask(await key.aProof({ url }))
    expect([own.body.token_type, claimsOf(own.body).cnf]).toEqual(['DPoP', { jkt: key.jkt }])

    const service = await aService()
    const received = await service.ask(token, {}, { dpop: await other.aProof({ url }) })
    expect(claimsOf(received.body).cnf).toEqual({ jkt: other.jkt })
  })
})

it('a client’s own token is exchanged without a user, a session or a grant', async () => {
  const service = await aService()
  const { body } = await replica.postForm('/oauth/token', {
    grant_type: 'client_credentials',
    scope: 'mail:send',
    resource: mail,
    ...service.authentication,
  })
  const exchanged = await service.ask(String(body.access_token))
  expect(claimsOf(exchanged.body)).toMatchObject({ sub: service.id, scope: 'mail:send', aud: mail })
  expect(claimsOf(exchanged.body)).not.toHaveProperty('grant_id')
})
