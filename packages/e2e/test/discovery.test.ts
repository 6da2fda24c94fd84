/** Metadata and keys, as clients find them (RFC 8414, OpenID Connect Discovery 1.0, RFC 7517; CHECKLIST 29). */
import { beforeAll, describe, expect, it } from '@jest/globals'
import * as oauth from 'oauth4webapi'
import { allowInsecureRequests, discovery } from 'openid-client'
import { call } from '../src/call.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const documents = {
  '/.well-known/openid-configuration': 'application/json',
  '/.well-known/oauth-authorization-server': 'application/json',
  '/.well-known/jwks.json': 'application/jwk-set+json',
}

describe('discovery by independent clients', () => {
  it.each(['oidc', 'oauth2'] as const)('openid-client accepts the metadata: %s', async algorithm => {
    const configuration = await discovery(new URL(suite.issuer), 'any-client', undefined, undefined, {
      algorithm,
      execute: [allowInsecureRequests],
    })
    expect(configuration.serverMetadata()).toMatchObject({
      issuer: suite.issuer,
      jwks_uri: `${suite.issuer}/.well-known/jwks.json`,
    })
  })

  it.each(['oidc', 'oauth2'] as const)('oauth4webapi accepts the metadata: %s', async algorithm => {
    const issuer = new URL(suite.issuer)
    const response = await oauth.discoveryRequest(issuer, { algorithm, [oauth.allowInsecureRequests]: true })
    expect((await oauth.processDiscoveryResponse(issuer, response)).issuer).toBe(suite.issuer)
  })

  it('is refused for another issuer than the one that was asked for (RFC 8414 §3.3)', async () => {
    const other = new URL(suite.issuer.replace('localhost', '127.0.0.1'))
    const found = discovery(other, 'any-client', undefined, undefined, { execute: [allowInsecureRequests] })
    await expect(found).rejects.toThrow()
  })
})

describe.each(Object.entries(documents))('%s', (path, type) => {
  it('is JSON that caches may keep, open to pages of every origin', async () => {
    const answer = await call(suite.gateway, 'GET', path, { headers: { Origin: 'https://anybody.example' } })
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': type,
      'cache-control': expect.stringMatching(/^public, max-age=\d+$/),
      etag: expect.stringMatching(/^"[^"]+"$/),
      'access-control-allow-origin': '*',
    })
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
  })

  it('is not sent again to who has it (RFC 9110 §13.1.2)', async () => {
    const { headers } = await call(suite.gateway, 'GET', path)
    const etag = String(headers.etag)
    for (const condition of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await call(suite.gateway, 'GET', path, { headers: { 'If-None-Match': condition } })
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 304, text: '' })
      expect(answer.headers.etag).toBe(etag)
    }
    const changed = await call(suite.gateway, 'GET', path, { headers: { 'If-None-Match': '"other"' } })
    expect(changed.status).toBe(200)
  })

  it('answers HEAD with the headers of GET', async () => {
    const [get, head] = [await call(suite.gateway, 'GET', path), await call(suite.gateway, 'HEAD', path)]
    expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' })
    expect(head.headers['content-length']).toBe(get.headers['content-length'])
    expect(head.headers.etag).toBe(get.headers.etag)
  })

  it('answers other methods with 405 in OAuth’s words', async () => {
    const answer = await call(suite.gateway, 'POST', path, { json: {} })
    expect(answer.status).toBe(405)
    expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS')
    expect(answer.json).toMatchObject({ error: 'invalid_request', error_description: expect.any(String) })
  })
})

describe('the metadata', () => {
  it('is true to what exists: no endpoint is named that answers 404', async () => {
    for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) {
      const metadata: Record<string, unknown> = Object((await call(suite.gateway, 'GET', path)).json)
      const named = Object.entries(metadata).filter(([name]) => /(_endpoint|_uri)$/.test(name))
      for (const [, url] of named) {
        const { origin, pathname } = new URL(String(url))
        expect(origin).toBe(suite.issuer)
        expect((await call(suite.gateway, 'GET', pathname)).status).not.toBe(404)
      }
      expect(metadata.issuer).toBe(suite.issuer)
    }
  })

  it('names the issuer of PUBLIC_URL, whatever Host says', async () => {
    const { json } = await call(suite.gateway, 'GET', '/.well-known/openid-configuration', {
      headers: { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' },
    })
    expect(json).toMatchObject({ issuer: suite.issuer, jwks_uri: `${suite.issuer}/.well-known/jwks.json` })
  })

  it.each(['/.well-known/nothing', '/.well-known/openid-configuration/', '/.well-known/jwks.json/x'])(
    'is not at %s: 404 in OAuth’s words',
    async path => {
      const answer = await call(suite.gateway, 'GET', path)
      expect({ status: answer.status, json: answer.json }).toEqual({
        status: 404,
        json: {
          error: 'invalid_request',
          error_description: expect.any(String),
          error_uri: 'https://latchkey.dev/docs/troubleshooting#invalid_request',
        },
      })
    },
  )
})
