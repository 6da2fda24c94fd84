/** What is at the root of the server, for people and for programs. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type GatewayUnderTest, startGatewayUnderTest } from './gateway-under-test.ts'

const publicUrl = 'https://example.com/id'
let gateway: GatewayUnderTest

beforeAll(async () => {
  gateway = await startGatewayUnderTest({ PUBLIC_URL: publicUrl })
})
afterAll(() => gateway.close())

const ask = (method: string, headers: Readonly<Record<string, string>> = {}, query = '') =>
  fetch(`${gateway.url}/${query}`, { method, headers, redirect: 'manual' })

const asBrowser = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

describe('GET /', () => {
  it.each(['GET', 'HEAD'])(
    '%s leads a browser to its account, whatever its query and Host say',
    async method => {
      const headers = { ...asBrowser, 'X-Forwarded-Host': 'evil.example' }
      const answer = await ask(method, headers, '?redirect_uri=https://evil.example')
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/id/account'])
      expect([answer.headers.get('vary'), answer.headers.get('cache-control')]).toEqual([
        'Origin, Accept',
        'no-store',
      ])
    },
  )

  it.each(['*/*', 'application/json', 'image/png'])('tells a program where things are: %s', async accept => {
    const answer = await ask('GET', { Accept: accept })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'application/json; charset=utf-8',
    ])
    expect([answer.headers.get('vary'), answer.headers.get('cache-control')]).toEqual([
      'Origin, Accept',
      'no-store',
    ])
    expect(await answer.json()).toEqual({
      issuer: publicUrl,
      openid_configuration: `${publicUrl}/.well-known/openid-configuration`,
      health: `${publicUrl}/auth/health`,
      account: `${publicUrl}/account`,
      documentation: 'https://latchkey.dev/docs',
    })
  })

  it('answers HEAD of a program with the length of what GET says, and no body', async () => {
    const [head, get] = [await ask('HEAD'), await ask('GET')]
    expect(head.status).toBe(200)
    expect(await head.text()).toBe('')
    expect(head.headers.get('content-length')).toBe(String((await get.text()).length))
  })

  it('takes nothing else', async () => {
    const answer = await ask('POST', asBrowser)
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
  })

  it('asks no service', async () => {
    await ask('GET')
    await ask('GET', asBrowser)
    expect(gateway.seen).toEqual([])
  })
})
