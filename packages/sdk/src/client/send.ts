/** One call to the first-party API: JSON out, JSON or a problem back. Nothing is sent twice. */
import { AuthConnectionError, type AuthFieldError, AuthProblem, type AuthProblemMfa } from './auth-problem.ts'

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base URL, such as `/auth/me`. */
  readonly path: string
  readonly json?: unknown
  readonly bearer?: string
  /** A status of failure whose answer is what was asked for all the same. */
  readonly alsoAnsweredWith?: number
}

export interface Answered {
  readonly status: number
  /** Undefined where there was none. */
  readonly body: unknown
}

export interface SendInit {
  readonly baseUrl: string | URL
  readonly fetch: typeof fetch
  /** What `fetch` does by itself where undefined: Workers know no such member. */
  readonly credentials: 'omit' | 'same-origin' | 'include' | undefined
  readonly timeoutSeconds: number
}

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null
const textOr = (value: unknown, other: string): string => (typeof value === 'string' ? value : other)

const isFieldError = (value: unknown): value is AuthFieldError =>
  isObject(value) && [value.field, value.message, value.code].every(each => typeof each === 'string')

const secondsIn = (header: string | null): number | undefined =>
  header !== null && /^\d{1,9}$/.test(header) ? Number(header) : undefined

const mfaIn = ({ mfa_token: token, methods, expires_in: seconds }: Json): AuthProblemMfa | undefined => {
  if (typeof token !== 'string') return undefined
  const known = Array.isArray(methods) ? methods.filter(each => typeof each === 'string') : []
  return { token, methods: known, expiresInSeconds: typeof seconds === 'number' ? seconds : undefined }
}

/** Undefined where the answer is no problem of Latchkey: a proxy's page, say. */
const problemIn = (response: Response, body: unknown): AuthProblem | undefined => {
  if (!isObject(body) || typeof body.code !== 'string') return undefined
  return new AuthProblem({
    status: response.status,
    code: body.code,
    title: textOr(body.title, body.code),
    detail: textOr(body.detail, body.code),
    errors: Array.isArray(body.errors) ? body.errors.filter(isFieldError) : [],
    requestId: textOr(body.request_id, response.headers.get('x-request-id') ?? '') || undefined,
    retryAfterSeconds: secondsIn(response.headers.get('retry-after')),
    mfa: mfaIn(body),
  })
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const createSend = ({ baseUrl, fetch, credentials, timeoutSeconds }: SendInit) => {
  const base = String(baseUrl).replace(/\/+$/, '')

  const exchange = async ({ method, path, json, bearer }: Call) => {
    try {
      const response = await fetch(base + path, {
        method,
        headers: {
          accept: 'application/json, application/problem+json',
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        redirect: 'manual',
        ...(credentials === undefined ? {} : { credentials }),
        signal: AbortSignal.timeout(timeoutSeconds * 1000),
      })
      return { response, text: await response.text() }
    } catch (cause) {
      throw new AuthConnectionError(`${method} ${path} was not answered`, { cause })
    }
  }

  /** @throws AuthProblem where the answer says no, AuthConnectionError where there is none */
  return async (call: Call): Promise<Answered> => {
    const { response, text } = await exchange(call)
    const body = text === '' ? undefined : parseJson(text)
    const problem = response.ok ? undefined : problemIn(response, body)
    const isAnswer = response.ok || (response.status === call.alsoAnsweredWith && isObject(body))
    if (problem === undefined && isAnswer) return { status: response.status, body }
    throw (
      problem ??
      new AuthConnectionError(`${call.method} ${call.path} was answered with status ${response.status}`)
    )
  }
}

export type Send = ReturnType<typeof createSend>
