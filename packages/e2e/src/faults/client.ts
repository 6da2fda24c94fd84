/**
 * A client of the suite as apps are: kept-alive connections, a limit to its patience, and no retries of its own.
 * Whatever happens comes back as an answer, so that a load generator can count it.
 */
import { Agent, request } from 'undici'

export interface Answer {
  /** The call, as `POST /auth/login`. */
  readonly call: string
  /** 0 where the connection broke, was refused, or stayed silent for too long. */
  readonly status: number
  /** Parsed JSON; empty where there was none. */
  readonly body: Readonly<Record<string, unknown>>
  readonly retryAfter: string | undefined
  readonly requestId: string | undefined
  /** Why there is no status. */
  readonly failure?: string
  /** By `performance.now()`, when the answer was there. */
  readonly atMs: number
}

export interface CallOptions {
  readonly bearer?: string
  readonly json?: Readonly<Record<string, unknown>>
  /** Tells devices apart: one session a device. */
  readonly userAgent?: string
}

export interface Client {
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>
  readonly close: () => Promise<void>
}

// Twice the time after which the gateway gives up on a service: a hang, not a slow answer.
const patienceMs = 20_000

export const createClient = (
  gateway: string,
  onAnswer: (answer: Answer) => void = () => undefined,
): Client => {
  const agent = new Agent({ headersTimeout: patienceMs, bodyTimeout: patienceMs, connectTimeout: 10_000 })

  const ask = async (method: string, path: string, options: CallOptions): Promise<Omit<Answer, 'atMs'>> => {
    const call = `${method} ${path}`
    try {
      const response = await request(new URL(path, gateway), {
        method,
        dispatcher: agent,
        headers: {
          ...(options.json === undefined ? {} : { 'content-type': 'application/json' }),
          ...(options.bearer === undefined ? {} : { authorization: `Bearer ${options.bearer}` }),
          'user-agent': options.userAgent ?? 'faults',
        },
        ...(options.json === undefined ? {} : { body: JSON.stringify(options.json) }),
      })
      const text = await response.body.text()
      return {
        call,
        status: response.statusCode,
        body: text === '' ? {} : JSON.parse(text),
        retryAfter: response.headers['retry-after']?.toString(),
        requestId: response.headers['x-request-id']?.toString(),
      }
    } catch (error) {
      const failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      return { call, status: 0, body: {}, retryAfter: undefined, requestId: undefined, failure }
    }
  }

  return {
    call: async (method, path, options = {}) => {
      const answer = { ...(await ask(method, path, options)), atMs: performance.now() }
      onAnswer(answer)
      return answer
    },
    close: () => agent.destroy(),
  }
}

/** No answer that a client could act on: it asks again later. */
export const isFailure = ({ status }: Answer): boolean => status === 0 || status >= 500

/** A member of the body that must be text. */
export const textOf = ({ call, body }: Answer, member: string): string => {
  const value = body[member]
  if (typeof value !== 'string') throw new Error(`${call} answered without ${member}`)
  return value
}
