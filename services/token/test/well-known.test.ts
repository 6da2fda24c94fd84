import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { allowInsecureRequests, customFetch, discovery } from 'openid-client'
import { issuer, startTokenSuite } from './token-under-test.ts'

type Suite = Awaited<ReturnType<typeof startTokenSuite>>
type Replica = Awaited<ReturnType<Suite['startReplica']>>

let suite: Suite
let replica: Replica

beforeAll(async () => {
  suite = await startTokenSuite()
  replica = await suite.startReplica()
})
afterAll(async () => {
  await replica.close()
  await suite.close()
})

const bodyOf = async (path: string) => (await (await replica.get(path)).json()) as Record<string, unknown>

describe('GET /.well-known/jwks.json', () => {
  it('shows the public members of a key of each algorithm, and nothing else (CHECKLIST 22)', async () => {
    const published = { kid: expect.any(String), use: 'sig' }
    expect(await bodyOf('/.well-known/jwks.json')).toEqual({
      keys: [
        { ...published, kty: 'OKP', crv: 'Ed25519', x: expect.any(String), alg: 'EdDSA' },
        { ...published, kty: 'RSA', n: expect.any(String), e: 'AQAB', alg: 'RS256' },
        {
          ...published,
          kty: 'EC',
          crv: 'P-256',
          x: expect.any(String),
          y: expect.any(String),
          alg: 'ES256',
        },
      ],
    })
  })

  it('may be kept by caches for five minutes, and is not sent again unchanged (RFC 9110 §13.1.2)', async () => {
    const first = await replica.get('/.well-known/jwks.json')
    expect(first.headers.get('cache-control')).toBe('public, max-age=300')
    expect(first.headers.get('content-type')).toBe('application/jwk-set+json')
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]+"$/)
    for (const condition of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await replica.get('/.well-known/jwks.json', { 'if-none-match': condition })
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
    }
    expect((await replica.get('/.well-known/jwks.json', { 'if-none-match': '"other"' })).status).toBe(200)
  })

  it('is the same in every replica', async () => {
    const other = await suite.startReplica()
    expect(await (await other.get('/.well-known/jwks.json')).json()).toEqual(
      await bodyOf('/.well-known/jwks.json'),
    )
    await other.close()
  })
})

describe('CHECKLIST 29: metadata', () => {
  it.each([
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-authorization-server/base',
    '/base/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration',
    '/.well-known/openid-configuration/base',
    '/base/.well-known/openid-configuration',
  ])('names the issuer identically at %s (RFC 8414 §3.1, §3.3)', async path => {
    expect(await bodyOf(path)).toMatchObject({ issuer, jwks_uri: `${issuer}/.well-known/jwks.json` })
  })

  it('is the same for clients of OAuth and of OpenID Connect, which both step up and sign out (RFC 9470 §7)', async () => {
    const metadata = await bodyOf('/.well-known/oauth-authorization-server')
    expect(metadata).toEqual(await bodyOf('/.well-known/openid-configuration'))
    expect(metadata).toMatchObject({
      acr_values_supported: expect.arrayContaining(['phr']),
      ui_locales_supported: expect.arrayContaining(['en']),
      end_session_endpoint: `${issuer}/oauth/logout`,
    })
  })

  it('claims no endpoint, grant or response type that does not exist (ADR 5)', async () => {
    const metadata = await bodyOf('/.well-known/openid-configuration')
    const endpoints = Object.entries(metadata).filter(([name]) => name.endsWith('_endpoint'))
    for (const [name, url] of endpoints) {
      const { status } = await replica.post(String(url).replace(issuer, ''), '')
      expect([name, status === 404]).toEqual([name, false])
    }
    for (const grantType of metadata.grant_types_supported as string[]) {
      const { body } = await replica.postForm('/oauth/token', { grant_type: grantType })
      expect([grantType, body.error]).not.toEqual([grantType, 'unsupported_grant_type'])
    }
  })

  it('has what OpenID Connect Discovery §3 requires of a provider', async () => {
    const metadata = await bodyOf('/.well-known/openid-configuration')
    const texts = ['issuer', 'authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri']
    for (const name of texts) expect(metadata).toHaveProperty(name, expect.stringMatching(/^https:/))
    expect(metadata).toMatchObject({
      response_types_supported: ['code'],
      scopes_supported: expect.arrayContaining(['openid']),
      subject_types_supported: ['public'],
      frontchannel_logout_supported: true,
      frontchannel_logout_session_supported: true,
      id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
      claims_supported: expect.arrayContaining(['sub', 'email', 'email_verified', 'name', 'updated_at']),
    })
  })

  it('names no scope that an operator has switched off, nor what only it would give', async () => {
    const { pool } = suite.database
    await pool.query("update scopes set active = false where name in ('email', 'organization')")
    const other = await suite.startReplica()
    const read = async () =>
      (await (await other.get('/.well-known/openid-configuration')).json()) as Record<string, string[]>
    await eventually(async () =>
      expect((await read()).scopes_supported).toEqual(['openid', 'profile', 'roles', 'offline_access']),
    )
    const claims = (await read()).claims_supported
    expect(claims).toEqual(expect.arrayContaining(['sub', 'name', 'roles']))
    expect(claims?.filter(name => /^(email|org_)/.test(name))).toEqual([])
    await pool.query("update scopes set active = true where name in ('email', 'organization')")
    await other.close()
  })

  it('names no algorithm that no published key has', async () => {
    const { keys } = (await bodyOf('/.well-known/jwks.json')) as { keys: { alg: string }[] }
    const published = keys.map(key => key.alg)
    const metadata = await bodyOf('/.well-known/openid-configuration')
    for (const kind of ['id_token', 'userinfo', 'introspection'])
      expect(published).toEqual(
        expect.arrayContaining(metadata[`${kind}_signing_alg_values_supported`] as string[]),
      )
  })

  it.each(['oidc', 'oauth2'] as const)('is accepted by openid-client with algorithm %s', async algorithm => {
    const configuration = await discovery(new URL(issuer), 'client', undefined, undefined, {
      algorithm,
      execute: [allowInsecureRequests],
      [customFetch]: async url => {
        const { pathname } = new URL(url)
        const answer = await replica.get(pathname)
        return new Response(await answer.text(), {
          status: answer.status,
          headers: Object.fromEntries(answer.headers),
        })
      },
    })
    expect(configuration.serverMetadata().issuer).toBe(issuer)
    expect(configuration.serverMetadata().jwks_uri).toBe(`${issuer}/.well-known/jwks.json`)
  })
})

it('is refused in OAuth’s words where there is no such document (RFC 6749 §5.2)', async () => {
  const answer = await replica.get('/.well-known/nothing')
  expect({ status: answer.status, body: await answer.json() }).toEqual({
    status: 404,
    body: {
      error: 'invalid_request',
      error_description: expect.any(String),
      error_uri: 'https://latchkey.dev/docs/troubleshooting#invalid_request',
    },
  })
})
