/** The admin API as commands call it: a token for each command, kept nowhere, and answers that become exit codes. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Environment } from '@latchkey/runtime/settings'
import { z } from 'zod'
import { CommandFailed, type FailureDetails } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { type Connection, findConnection } from './connection.ts'

const timeoutMs = 20_000

const problem = z.looseObject({
  detail: z.string().optional(),
  code: z.string().optional(),
  errors: z.array(z.looseObject({ field: z.string(), message: z.string() })).optional(),
})

/** What the OAuth endpoints answer. @see RFC 6749 §5.2 */
const oauthError = z.object({ error: z.string(), error_description: z.string().optional() })

const codes: Readonly<Record<number, ExitCode>> = {
  401: exitCodes.notAuthenticated,
  403: exitCodes.notAllowed,
  404: exitCodes.notFound,
}

interface Answer {
  readonly status: number
  readonly json: unknown
  readonly retryAfter: string
  readonly requestId: string | undefined
}

const send = async (url: string, init: RequestInit): Promise<Answer> => {
  const { origin } = new URL(url)
  const signal = AbortSignal.timeout(timeoutMs)
  const response = await fetch(url, { ...init, redirect: 'error', signal }).catch(cause => {
    const message = `${origin} can not be reached: ${whyNot(cause)}`
    throw new CommandFailed(message, exitCodes.failure, { cause, details: { code: 'UNREACHABLE' } })
  })
  const { status, headers } = response
  try {
    const text = await response.text()
    return {
      status,
      json: text === '' ? undefined : JSON.parse(text),
      retryAfter: headers.get('retry-after') ?? '',
      requestId: headers.get('x-request-id') ?? undefined,
    }
  } catch (cause) {
    throw new CommandFailed(`${origin} does not answer as Latchkey does (${status})`, exitCodes.failure, {
      cause,
    })
  }
}

/** `fetch` says why one level down; there may be a reason for each address of a host. */
const whyNot = (error: unknown): string => {
  const { name, cause } = Object(error)
  if (name === 'TimeoutError') return `no answer within ${timeoutMs / 1_000} s`
  return Object(cause?.errors?.[0] ?? cause ?? error).message
}

/** What was refused, as a problem: those of OAuth have other names for the same. */
const detailsOf = ({ status, json, requestId }: Answer): FailureDetails & { detail: string } => {
  const oauth = oauthError.safeParse(json).data
  const told =
    oauth === undefined
      ? (problem.safeParse(json).data ?? {})
      : { code: oauth.error.toUpperCase(), detail: oauth.error_description }
  return { status, request_id: requestId, ...told, detail: told.detail ?? 'refused' }
}

/** @throws CommandFailed for every status that is not of success */
const expectOk = (answer: Answer): unknown => {
  const { status, json, retryAfter } = answer
  if (status < 300) return json
  const details = detailsOf(answer)
  const { detail, errors = [], request_id } = details
  const lines = [
    `${detail} (${status})`,
    ...errors.map(({ field, message }) => `  ${field} ${message}`),
    ...(status === 429 && retryAfter !== '' ? [`  try again in ${retryAfter} s`] : []),
    ...(request_id === undefined ? [] : [`  request ${request_id}`]),
  ]
  throw new CommandFailed(lines.join('\n'), codes[status] ?? exitCodes.failure, { details })
}

const tokenOf = async ({ url, clientId, clientSecret }: Connection, scope: string): Promise<string> => {
  const basic = [clientId, clientSecret].map(encodeURIComponent).join(':')
  const answer = await send(`${url}/oauth/token`, {
    method: 'POST',
    headers: {
      Authorization: `Basic ${Buffer.from(basic).toString('base64')}`,
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }).toString(),
  })
  if (oauthError.safeParse(answer.json).data?.error === 'invalid_scope')
    throw new CommandFailed(`client ${clientId} may not have the scope ${scope}`, exitCodes.notAllowed)
  return z.object({ access_token: z.string() }).parse(expectOk(answer)).access_token
}

export interface AdminApi {
  readonly url: string
  readonly clientId: string
  /** @throws CommandFailed with the exit code of the answer */
  call(method: string, path: string, json?: unknown): Promise<unknown>
}

// As long as the longest window of a limit that such a call meets.
const longestPatienceMs = 3_600_000

/** Sends again what the gateway wants later: nothing has happened by then. */
const sendPatiently: typeof send = async (url, init) => {
  const giveUpMs = performance.now() + longestPatienceMs
  for (;;) {
    const answer = await send(url, init)
    const wantsLater = (answer.status === 429 || answer.status === 503) && answer.retryAfter !== ''
    if (!wantsLater || performance.now() > giveUpMs) return answer
    await delay(Number(answer.retryAfter) * 1_000)
  }
}

/**
 * Signs in for one scope: `admin:clients:read`. Who is `patient` waits where they are told to.
 * @throws CommandFailed, SettingsError
 */
export const connectAdminApi = async (
  env: Environment,
  scope: string,
  { patient = false } = {},
): Promise<AdminApi> => {
  const connection = await findConnection(env)
  const token = await tokenOf(connection, scope)
  return {
    url: connection.url,
    clientId: connection.clientId,
    call: async (method, path, json) =>
      expectOk(
        await (patient ? sendPatiently : send)(`${connection.url}/admin/api${path}`, {
          method,
          headers: {
            Authorization: `Bearer ${token}`,
            ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
          },
          ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        }),
      ),
  }
}

/** Of the gateway, which needs no token. */
export const fetchHealth = async (env: Environment): Promise<unknown> => {
  const { url } = await findConnection(env)
  return (await send(`${url}/auth/health`, {})).json
}
