/** The part of an application that people are sent back to: the redirect URI of the demo client, on a port of its own. */
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Suite } from './suite.ts'

export interface CallbackServer {
  readonly redirectUri: string
  /** Where it sends a browser to sign in; `parameters` beside the usual ones, `prompt` for example. */
  readonly signInPath: (parameters?: Readonly<Record<string, string>>) => string
  /** What came back last, in the query or in a form. */
  readonly received: () => URLSearchParams | undefined
  readonly close: () => Promise<void>
}

export const startCallbackServer = async (suite: Suite): Promise<CallbackServer> => {
  let received: URLSearchParams | undefined
  const server = createServer(async (req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '/', 'http://127.0.0.1')
    const isPost = req.method === 'POST'
    if (pathname === '/callback') received = isPost ? new URLSearchParams(await text(req)) : searchParams
    res
      .setHeader('Content-Type', 'text/html')
      .end('<!doctype html><title>App</title><h1>Back in the app</h1>')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // The port of a loopback IP may be any (RFC 8252 §7.3).
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`
  return {
    redirectUri,
    signInPath: (parameters = {}) => {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: suite.demo.client_id,
        redirect_uri: redirectUri,
        scope: 'openid email',
        state: randomBytes(8).toString('hex'),
        code_challenge: createHash('sha256').update(randomBytes(32)).digest('base64url'),
        code_challenge_method: 'S256',
        ...parameters,
      })
      return `/oauth/authorize?${query}`
    },
    received: () => received,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}
