/** One request to the gateway, as anybody could make it, to put something into a new suite. */
import { request } from 'node:http'

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
    const outgoing = request(new URL(path, gateway), options, response => {
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
