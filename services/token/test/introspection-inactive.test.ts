/** When an introspected token is good for nothing, and that nothing else is said of it then. */
import { createHmac, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import { decodeJwt, generateKeyPair, SignJWT } from 'jose'
import { aClient } from './a-client.ts'
import { type IntrospectionSuite, inactive, startIntrospectionSuite } from './introspection-under-test.ts'
import { aGrant } from './issued-tokens.ts'

let suite: IntrospectionSuite
beforeAll(async () => {
  suite = await startIntrospectionSuite()
})
afterAll(() => suite.close())

describe('CHECKLIST 27: inactive gives {"active": false} alone', () => {
  const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

  it('for what is no token at all', async () => {
    const { ask } = await suite.anAsker()
    for (const token of ['nonsense', `lkr_${'A'.repeat(43)}`, '..', 'x'.repeat(50_000), 'é', 'null'])
      expect((await ask(token)).body).toEqual(inactive)
  })

  it('for an expired one, also where it was seen before', async () => {
    const { ask, grant } = await suite.anAsker()
    // Another one, where a busy machine has asked too late.
    const shortLived = await eventually(async () => {
      const token = await suite.issued.accessToken(grant(), { ttlSeconds: 3 })
      expect((await ask(token)).body).toMatchObject({ active: true })
      return token
    })
    await eventually(async () => expect((await ask(shortLived)).body).toEqual(inactive), { intervalMs: 200 })
  })

  it('for an ID token, a signed answer, and a token of another type (CHECKLIST 19)', async () => {
    const { id, ask, grant } = await suite.anAsker()
    expect((await ask(await suite.issued.idToken(grant()))).body).toEqual(inactive)
    const { kid, privateKey } = suite.issued.keyring.getSigningKey('ES256')
    const claims = decodeJwt(await suite.issued.accessToken(grant()))
    for (const typ of ['JWT', 'token-introspection+jwt', 'logout+jwt', 'dpop+jwt', undefined]) {
      const header = { alg: 'ES256', kid, ...(typ === undefined ? {} : { typ }) }
      const token = await new SignJWT({ ...claims, client_id: id })
        .setProtectedHeader(header)
        .sign(privateKey)
      expect((await ask(token)).body).toEqual(inactive)
    }
  })

  it('for hostile tokens (CHECKLIST 21): none, RS→HS, another algorithm of the key, a brought key, a strange kid', async () => {
    const { ask, grant } = await suite.anAsker()
    const claims = decodeJwt(await suite.issued.accessToken(grant()))
    const stranger = await generateKeyPair('ES256', { extractable: true })
    const { kid, publicJwk } = suite.issued.keyring.getSigningKey('ES256')
    const rsa = suite.issued.keyring.getSigningKey('RS256')
    const payload = base64url(claims)
    const unsigned = (alg: string) => `${base64url({ alg, typ: 'at+jwt', kid })}.${payload}.`
    const hmac = (secret: string) => {
      const signed = `${base64url({ alg: 'HS256', typ: 'at+jwt', kid: rsa.kid })}.${payload}`
      return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
    }
    const strange = (header: Record<string, unknown>) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header } as never)
        .sign(stranger.privateKey)
    const hostile = [
      unsigned('none'),
      unsigned('None'),
      hmac(JSON.stringify(rsa.publicJwk)),
      hmac(''),
      await strange({}),
      await strange({ jku: 'https://evil.example/jwks.json' }),
      await strange({ jwk: publicJwk }),
      await strange({ kid: randomUUID() }),
      await strange({ kid: '__proto__' }),
      await strange({ kid: '../../dev/null' }),
      await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid }).sign(rsa.privateKey),
    ]
    for (const token of hostile) expect((await ask(token)).body).toEqual(inactive)
  })

  it('for a token of another issuer, signed with our key', async () => {
    const { ask, grant } = await suite.anAsker()
    const claims = decodeJwt(await suite.issued.accessToken(grant()))
    const { kid, privateKey } = suite.issued.keyring.getSigningKey('ES256')
    const token = await new SignJWT({ ...claims, iss: 'https://other.example' })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
      .sign(privateKey)
    expect((await ask(token)).body).toEqual(inactive)
  })

  it('for a token whose session has ended, whether Redis or only the session service knows', async () => {
    const { ask, grant } = await suite.anAsker()
    const granted = grant()
    const token = await suite.issued.accessToken(granted)
    expect((await ask(token)).body).toMatchObject({ active: true })
    await suite.redis.set(`session_ended:${granted.sessionId}`, 'logout')
    expect((await ask(token)).body).toEqual(inactive)

    const unmarked = grant()
    const second = await suite.issued.accessToken(unmarked)
    suite.sessionService.ended.set(unmarked.sessionId, 'END_REASON_LOGOUT')
    await suite.redis.del('revocation:epoch')
    try {
      expect((await ask(second)).body).toEqual(inactive)
    } finally {
      await suite.redis.set('revocation:epoch', 'epoch-2')
    }
  })

  it('for a token of a client that was switched off', async () => {
    const resource = `https://api.example/${randomUUID()}`
    const { ask } = await suite.anAsker({ metadata: { resources: [resource] } })
    const { id } = await aClient(suite.database, { active: false })
    const token = await suite.issued.accessToken(aGrant({ clientId: id, resources: [resource] }))
    expect((await ask(token)).body).toEqual(inactive)
  })
})

describe('revocation is looked at with every question', () => {
  it('also where the token was verified a moment ago, and at another replica', async () => {
    const other = await suite.startReplica()
    try {
      const { ask, grant } = await suite.anAsker()
      const token = await suite.issued.accessToken(grant())
      for (const at of [suite.replica, other])
        expect((await ask(token, {}, at)).body).toMatchObject({ active: true })
      await suite.database.pool.query(
        `insert into revocations (key, expires_at) values ($1, now() + interval '1 hour')`,
        [`jti:${decodeJwt(token).jti}`],
      )
      for (const at of [suite.replica, other]) expect((await ask(token, {}, at)).body).toEqual(inactive)
    } finally {
      await other.close()
    }
  })

  it('answers fifty questions about good and revoked tokens at once, each by itself', async () => {
    const { ask, grant } = await suite.anAsker()
    const tokens = await Promise.all(Array.from({ length: 50 }, () => suite.issued.accessToken(grant())))
    const revoked = tokens.filter((_, index) => index % 3 === 0)
    await suite.database.pool.query(
      `insert into revocations (key, expires_at) select k, now() + interval '1 hour' from unnest($1::text[]) k`,
      [revoked.map(token => `jti:${decodeJwt(token).jti}`)],
    )
    const answers = await Promise.all(tokens.map(token => ask(token)))
    expect(answers.map(answer => answer.body.active)).toEqual(tokens.map(token => !revoked.includes(token)))
  })
})

it('answers 503 while nobody can say whether the session lives', async () => {
  const { ask, grant } = await suite.anAsker()
  const token = await suite.issued.accessToken(grant({ subject: createUuid() }))
  suite.sessionService.away = true
  await suite.redis.del('revocation:epoch')
  try {
    const { status, headers, body } = await ask(token)
    expect([status, body.error, headers.get('retry-after')]).toEqual([503, 'temporarily_unavailable', '2'])
    expect(body).not.toHaveProperty('active')
  } finally {
    suite.sessionService.away = false
    await suite.redis.set('revocation:epoch', 'epoch-3')
  }
})
