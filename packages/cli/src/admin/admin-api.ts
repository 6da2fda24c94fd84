/** The admin API as commands call it: a token for each command, kept nowhere, and answers that become exit codes. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Environment } from '@latchkey/runtime/settings'
import { z } from 'zod'
import { CommandFailed } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { type Connection, findConnection } from './connection.ts'

const timeoutMs = 20_000

const problem = z.object({
  detail: z.string().optional(),
  error_description: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  request_id: z.string().optional(),
})

const codes: Readonly<Record<number, ExitCode>> = {
  401: exitCodes.notAuthenticated,
  403: exitCodes.notAllowed,
  404: exitCodes.notFound,
}

const send = async (
  url: string,
  init: RequestInit,
): Promise<{ status: number; json: unknown; retryAfter: string }> => {
  const { origin } = new URL(url)
  const signal = AbortSignal.timeout(timeoutMs)
  const response = await fetch(url, { ...init, redirect: 'error', signal }).catch(cause => {
    throw new CommandFailed(`${origin} can not be reached: ${whyNot(cause)}`, exitCodes.failure, { cause })
  })
  try {
    const text = await response.text()
    const retryAfter = response.headers.get('retry-after') ?? ''
    return { status: response.status, json: text === '' ? undefined : JSON.parse(text), retryAfter }
  } catch (cause) {
    const message = `${origin} does not answer as Latchkey does (${response.status})`
    throw new CommandFailed(message, exitCodes.failure, { cause })
  }
}

/** `fetch` says why one level down; there may be a reason for each address of a host. */
const whyNot = (error: unknown): string => {
  const { name, cause } = Object(error)
  if (name === 'TimeoutError') return `no answer within ${timeoutMs / 1_000} s`
  return Object(cause?.errors?.[0] ?? cause ?? error).message
}

/** @throws CommandFailed for every status that is not of success */
const expectOk = ({ status, json, retryAfter }: Awaited<ReturnType<typeof send>>): unknown => {
  if (status < 300) return json
  const { detail, error_description, errors = [], request_id } = problem.safeParse(json).data ?? {}
  const lines = [
    `${detail ?? error_description ?? 'refused'} (${status})`,
    ...errors.map(({ field, message }) => `  ${field} ${message}`),
    ...(status === 429 && retryAfter !== '' ? [`  try again in ${retryAfter} s`] : []),
    ...(request_id === undefined ? [] : [`  request ${request_id}`]),
  ]
  throw new CommandFailed(lines.join('\n'), codes[status] ?? exitCodes.failure)
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
  const denied = z.object({ error: z.string() }).safeParse(answer.json).data?.error === 'invalid_scope'
  if (denied)
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
