/** `latchkey admin status` where it matters most: with parts away. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runCli } from '../../run-cli.ts'
import { statusCommand } from './status.ts'

const health = {
  status: 'unhealthy',
  version: '1.2.3',
  dependencies: { identity: 'healthy', token: 'unhealthy' },
  still_works: ['logout'],
}

/** What the gateway says of the token endpoint. */
let tokenAnswer: { status: number; body: object } = { status: 503, body: {} }

let gateway: Server
let url = ''
beforeAll(async () => {
  gateway = createServer((request, response) => {
    const { status, body } = request.url === '/oauth/token' ? tokenAnswer : { status: 503, body: health }
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>(resolve => gateway.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`
})
afterAll(() => {
  gateway.closeAllConnections()
  gateway.close()
})

const status = async (...options: string[]) => {
  const said = { out: '', err: '' }
  const code = await runCli({
    commands: [statusCommand],
    words: ['admin', 'status', ...options],
    env: { LATCHKEY_URL: url, LATCHKEY_CLIENT_SECRET: 'a-secret' },
    out: text => {
      said.out += text
    },
    err: text => {
      said.err += text
    },
  })
  return { code, ...said }
}

describe('latchkey admin status', () => {
  it('tells how the parts are where the one that would let us in is away', async () => {
    tokenAnswer = { status: 503, body: { error: 'temporarily_unavailable' } }
    const { code, out } = await status()
    expect(code).toBe(1)
    expect(out.split('\n').map(line => line.split(/ {2,}/))).toEqual([
      ['status', 'unhealthy'],
      ['version', '1.2.3'],
      ['url', url],
      ['signed in as', '-'],
      ['identity', 'healthy'],
      ['token', 'unhealthy'],
      ['still works', 'logout'],
    ])
    const json = await status('--output', 'json')
    expect(JSON.parse(json.out)).toEqual({ ...health, url, signed_in_as: null })
  })

  it('exits with 1 where an installation that we are signed in to is unhealthy', async () => {
    tokenAnswer = { status: 200, body: { access_token: 'a' } }
    const { code, out } = await status()
    expect(code).toBe(1)
    expect(out).toMatch(/^signed in as {2}admin$/m)
  })

  it('exits with 3 where the secret is wrong, whatever else is', async () => {
    const error_description = 'Client authentication failed'
    tokenAnswer = { status: 401, body: { error: 'invalid_client', error_description } }
    expect(await status()).toMatchObject({ code: 3, out: '', err: `latchkey: ${error_description} (401)` })
    const { code, out, err } = await status('--output', 'json')
    expect({ code, out, problem: JSON.parse(err) }).toEqual({
      code: 3,
      out: '',
      problem: {
        type: 'https://latchkey.dev/problems/invalid-client',
        title: 'Invalid client',
        status: 401,
        detail: error_description,
        code: 'INVALID_CLIENT',
      },
    })
  })
})
