/** One question to the introspection endpoint (RFC 7662 §2), as a confidential client. */
import { base64url } from 'jose'
import { UnavailableError } from '../unavailable-error.ts'

/** As much of `fetch` as asking takes, so that it can go over a connection of the caller's own. */
export type FetchForm = (
  url: string | URL,
  init: {
    method: 'POST'
    headers: Record<string, string>
    body: string
    redirect: 'manual'
    signal: AbortSignal
  },
) => Promise<{ readonly status: number; json(): Promise<unknown> }>

export interface IntrospectionEndpoint {
  endpoint: string | URL
  clientId: string
  clientSecret: string
  /** The global `fetch` unless told. */
  fetch?: FetchForm
  /** Default 5. */
  timeoutSeconds?: number
}

/** What the endpoint says about a token: that it is active and what it holds, or nothing. */
export type Introspected = Readonly<Record<string, unknown>> & { readonly active: boolean }

const isIntrospected = (value: unknown): value is Introspected =>
  typeof value === 'object' && value !== null && 'active' in value && typeof value.active === 'boolean'

/** @see RFC 6749 §2.3.1, appendix B */
const formEncode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1)

const base64 = (text: string) => {
  const encoded = base64url.encode(text).replaceAll('-', '+').replaceAll('_', '/')
  return encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '=')
}

export const createAskIntrospection = (options: IntrospectionEndpoint) => {
  const send = options.fetch ?? fetch
  const authorization = `Basic ${base64(`${formEncode(options.clientId)}:${formEncode(options.clientSecret)}`)}`

  const ask = async (token: string): Promise<Introspected> => {
    const response = await send(options.endpoint, {
      method: 'POST',
      headers: {
        authorization,
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
      redirect: 'manual',
      signal: AbortSignal.timeout((options.timeoutSeconds ?? 5) * 1000),
    })
    if (response.status !== 200) throw new Error(`Introspection was answered with status ${response.status}`)
    const body = await response.json()
    if (!isIntrospected(body)) throw new Error('The answer is no introspection response')
    return body
  }

  /** @throws UnavailableError where there is no answer, or none that says whether the token is active */
  return async (token: string): Promise<Introspected> => {
    try {
      return await ask(token)
    } catch (cause) {
      throw new UnavailableError('introspection_unavailable', { cause })
    }
  }
}
