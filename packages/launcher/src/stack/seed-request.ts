/** One request to the gateway, as anybody could make it, to put something into a new suite. */
import { request } from 'node:http'
import { request as requestByTls } from 'node:https'
import { setTimeout as delay } from 'node:timers/promises'

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

// What a suite answers that has not caught its breath after the start. What is seeded may be asked for again.
const busy = new Set([429, 503])
const attempts = 6
const pauseMs = 1_000

/** The last answer, where the suite stays busy. */
export const seedRequest = async (gateway: string, init: SeedRequest): Promise<SeedAnswer> => {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await postAside(gateway, init)
    if (!busy.has(answer.status) || attempt === attempts) return answer
    await delay(pauseMs)
  }
}

/** From another address of loopback, where there is one: the limits of 127.0.0.1 are for people and tests. */
const postAside = (gateway: string, init: SeedRequest): Promise<SeedAnswer> =>
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
