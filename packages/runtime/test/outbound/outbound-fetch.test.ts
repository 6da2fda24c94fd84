import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTestTls, type TestTls } from '@latchkey/testkit'
import { parseCidr } from '../../src/networks/index.ts'
import { createOutboundFetch, type OutboundFetchInit } from '../../src/outbound/index.ts'
import { startWebServer } from './web-server.ts'

const loopback = ['127.0.0.0/8', '::1'].map(parseCidr)

let tls: TestTls
let ca: string
let http: Awaited<ReturnType<typeof startWebServer>>
let https: Awaited<ReturnType<typeof startWebServer>>

beforeAll(async () => {
  tls = await createTestTls()
  ca = await readFile(tls.caFile, 'utf8')
  http = await startWebServer((req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://host')
    if (pathname === '/redirect') return void res.writeHead(302, { location: '/' }).end()
    if (pathname === '/long') return void res.end('x'.repeat(2_000))
    if (pathname === '/endless') {
      const timer = setInterval(() => res.write('x'), 10)
      res.on('close', () => clearInterval(timer))
      return
    }
    if (pathname === '/silent') return
    if (pathname === '/gzip')
      return void res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1_000)))
    if (pathname === '/html') return void res.writeHead(200, { 'content-type': 'text/html' }).end('{}')
    if (pathname === '/missing') return void res.writeHead(404).end('no')
    let body = ''
    req.on('data', chunk => {
      body += chunk
    })
    req.on('end', () => {
      res.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
      res.end(JSON.stringify({ method: req.method, headers: req.headers, body }))
    })
  })
  https = await startWebServer((_req, res) => void res.end('secure'), await tls.issue('keys'))
})
afterAll(async () => {
  await Promise.all([http.close(), https.close()])
  await tls.remove()
})

/** A name server that answers in turn, and repeats its last answer. */
const aNameServer = (...answers: readonly (readonly string[])[]) => {
  const asked: string[] = []
  const lookup = async (host: string) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? []
    asked.push(host)
    return answer.map(address => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
  return { lookup, asked }
}

const aFetch = (init: Partial<OutboundFetchInit> = {}) =>
  createOutboundFetch({ allowedNetworks: loopback, timeoutMs: 2_000, maxBytes: 1_000, ...init })

const refusalOf = (url: string, init: Partial<OutboundFetchInit> = {}) =>
  aFetch(init)(url).then(
    () => undefined,
    (error: { name: string; reason: string; message: string }) => error,
  )
const refused = (reason: string) => expect.objectContaining({ name: 'OutboundError', reason })

describe('a request', () => {
  it('gives status, headers and body', async () => {
    const url = `http://127.0.0.1:${http.port}/`
    const answer = await aFetch()(url, {
      method: 'POST',
      body: 'a=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      contentTypes: ['application/json'],
    })
    expect(answer.status).toBe(200)
    const { method, headers, body } = JSON.parse(answer.body.toString())
    expect({ method, body }).toEqual({ method: 'POST', body: 'a=b' })
    expect(headers).toMatchObject({ 'user-agent': 'Latchkey', 'accept-encoding': 'identity' })
  })

  it('carries no trace and no request id of ours to strangers', async () => {
    const answer = await aFetch()(`http://127.0.0.1:${http.port}/`)
    expect(Object.keys(JSON.parse(answer.body.toString()).headers).sort()).toEqual([
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ])
  })

  it('takes any status; what it means is the caller’s to say', async () => {
    expect(await aFetch()(`http://127.0.0.1:${http.port}/missing`)).toMatchObject({ status: 404 })
  })

  it('by https is checked against the name in the URL, whatever address was vetted', async () => {
    const { lookup } = aNameServer(['127.0.0.1'])
    const answer = await aFetch({ lookup, ca })(`https://keys:${https.port}/`)
    expect(answer.body.toString()).toBe('secure')
    expect(await refusalOf(`https://other:${https.port}/`, { lookup, ca })).toEqual(refused('unreachable'))
    expect(await refusalOf(`https://keys:${https.port}/`, { lookup })).toEqual(refused('unreachable'))
  })
})

describe('CHECKLIST 30: what is never reached', () => {
  it.each([
    'http://127.0.0.1',
    'https://127.0.0.1',
    'https://[::1]',
    'https://[::ffff:7f00:1]',
    'https://10.0.0.1',
    'https://169.254.169.254',
    'https://[fd00:ec2::254]',
    'https://[64:ff9b::7f00:1]',
    'https://[2002:7f00:1::]',
    'https://0.0.0.0',
  ])('is %s where no network is allowed', async origin => {
    const before = http.seen.length
    expect(await refusalOf(`${origin}:${http.port}/`, { allowedNetworks: [] })).toEqual(refused('address'))
    expect(http.seen).toHaveLength(before)
  })

  it('is a name that leads to such an address, or to one among others', async () => {
    for (const answer of [['127.0.0.1'], ['8.8.8.8', '10.0.0.1'], ['::1'], ['64:ff9b::a00:1']]) {
      const { lookup } = aNameServer(answer)
      const refusal = await refusalOf(`https://rebind.example:${http.port}/`, { lookup, allowedNetworks: [] })
      expect(refusal).toEqual(refused('address'))
      // Who chose the name is not told what it leads to.
      expect(refusal?.message).not.toMatch(/\d+\.\d+|:/)
    }
  })

  it('is what a name server says the second time: it is asked once (DNS rebinding)', async () => {
    const first = await startWebServer((_req, res) => void res.end('first'))
    const { lookup, asked } = aNameServer(['127.0.0.1'], ['127.0.0.2'])
    const answer = await aFetch({ lookup })(`http://rebind.example:${first.port}/`)
    await first.close()
    expect(answer.body.toString()).toBe('first')
    expect(first.seen).toEqual([`GET rebind.example:${first.port} /`])
    expect(asked).toEqual(['rebind.example'])
  })

  it('is http on the public internet, and a port that is not the web’s', async () => {
    const { lookup } = aNameServer(['8.8.8.8'])
    expect(await refusalOf('http://keys.example/', { lookup })).toEqual(refused('url'))
    for (const port of [22, 25, 80, 1_023])
      expect(await refusalOf(`https://keys.example:${port}/`, { lookup })).toEqual(refused('url'))
  })

  it.each([
    'http://2130706433/',
    'http://0x7f000001/',
    'http://017700000001/',
    'http://127.1/',
    'http://0x7f.1/',
    'http://127.0.0.1./',
    'http://localhost./',
    'http://user:secret@127.0.0.1/',
    'http://user@127.0.0.1/',
    'http:\\\\127.0.0.1\\',
    'http://127.0.0.1\t/',
    ' http://127.0.0.1/',
    'http:127.0.0.1',
    'http:///127.0.0.1',
    'http://①②⑦.⓪.⓪.①/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::ffff:127.0.0.1]/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'data:application/json,{}',
    'javascript:alert(1)',
    '/jwks.json',
    '',
    `http://127.0.0.1/${'x'.repeat(3_000)}`,
  ])('is an odd URL, allowed network or not: %j', async url => {
    expect(await refusalOf(url)).toEqual(refused('url'))
  })

  it('is another address by a redirect', async () => {
    expect(await refusalOf(`http://127.0.0.1:${http.port}/redirect`)).toEqual(refused('answer'))
  })
})

describe('an answer', () => {
  it('is refused where it is longer than allowed, told or not', async () => {
    expect(await refusalOf(`http://127.0.0.1:${http.port}/long`)).toEqual(refused('answer'))
    expect(await refusalOf(`http://127.0.0.1:${http.port}/endless`, { maxBytes: 5 })).toEqual(
      refused('answer'),
    )
  })

  it('is waited for so long and no longer, from the name server to the last byte', async () => {
    const within = { timeoutMs: 300 }
    for (const path of ['/silent', '/endless'])
      expect(await refusalOf(`http://127.0.0.1:${http.port}${path}`, within)).toEqual(refused('timeout'))
    const lookup = () => new Promise<never>(() => {})
    expect(await refusalOf('https://slow.example/', { ...within, lookup })).toEqual(refused('timeout'))
  })

  it('is refused where it is compressed, or of another type', async () => {
    expect(await refusalOf(`http://127.0.0.1:${http.port}/gzip`)).toEqual(refused('answer'))
    const html = aFetch()(`http://127.0.0.1:${http.port}/html`, { contentTypes: ['application/json'] })
    await expect(html).rejects.toEqual(refused('answer'))
  })

  it('does not come from a host that is away or unknown', async () => {
    const gone = await startWebServer(() => {})
    await gone.close()
    expect(await refusalOf(`http://127.0.0.1:${gone.port}/`)).toEqual(refused('unreachable'))
    const lookup = async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
    }
    expect(await refusalOf('https://unknown.example/', { lookup })).toEqual(refused('unreachable'))
    expect(await refusalOf('https://empty.example/', { lookup: async () => [] })).toEqual(
      refused('unreachable'),
    )
  })
})
