/** One request to the gateway, as anybody could make it, to put something into a new suite. */
import { request } from 'node:http'
import { request as requestByTls } from 'node:https'

export interface SeedRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface SeedAnswer {
  readonly status: number
  readonly text: string
}

const timeoutMs = 15_000

/** From another address of loopback, where there is one: the limits of 127.0.0.1 are for people and tests. */
export const seedRequest = (gateway: string, init: SeedRequest): Promise<SeedAnswer> =>
  post(gateway, init, '127.0.0.2').catch(() => post(gateway, init))

const post = (
  gateway: string,
  { path, headers, body }: SeedRequest,
  localAddress?: string,
): Promise<SeedAnswer> =>
  new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
      signal: AbortSignal.timeout(timeoutMs),
      ...(localAddress === undefined ? {} : { localAddress }),
    }
    const url = new URL(path, gateway)
    // Where the gateway has a certificate of its own, it is believed as Node believes others (NODE_EXTRA_CA_CERTS).
    const send = url.protocol === 'https:' ? requestByTls : request
    const outgoing = send(url, options, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
