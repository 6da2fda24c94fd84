/** One HTTP request as it is written: no redirect followed, no header added that a test did not ask for. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'

export interface Call {
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is; wins over `json`. */
  readonly body?: string | Uint8Array
  readonly bearer?: string
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The body as JSON; undefined where it is none. */
  readonly json: unknown
}

// Kept connections are part of what is tested; a fresh one for each call would hide their faults.
const agents = { 'http:': new Agent({ keepAlive: true }), 'https:': new TlsAgent({ keepAlive: true }) }
const timeoutMs = 60_000

export const call = (base: string, method: string, path: string, init: Call = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port, protocol } = new URL(base)
    const isTls = protocol === 'https:'
    const body = init.body ?? (init.json === undefined ? undefined : JSON.stringify(init.json))
    const outgoing = (isTls ? tlsRequest : request)({
      hostname,
      port,
      method,
      // As it stands: the odd ones are what some tests are about.
      path,
      agent: agents[isTls ? 'https:' : 'http:'],
      headers: {
        ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
        ...(init.json === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(init.bearer === undefined ? {} : { Authorization: `Bearer ${init.bearer}` }),
        ...init.headers,
      },
      signal: AbortSignal.timeout(timeoutMs),
    })
    outgoing.on('response', response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: parseJson(text),
        })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
