/**
 * Which client a request comes from: the token endpoint's first step, and that of its neighbours (PAR, introspection,
 * revocation, device authorization). Guessing is limited for each client and address; what was signed by the client and
 * comes again, as when a network repeats a request, is refused and is no guess.
 *
 * @see draft OAuth 2.1 §2.4, §3.2.4
 */
import { OAuthError } from '@latchkey/oauth'
import type { Logger } from '@latchkey/runtime/logger'
import { subscriberOf } from '@latchkey/runtime/networks'
import {
  type AuthenticationAttempt,
  basicChallenge,
  type ClientRequest,
} from '../client-authentication/index.ts'
import { type Client, mayAuthenticateBy } from '../domain/client.ts'

export interface AuthenticateClientDeps {
  readonly clients: { find(id: string): Promise<Client | undefined> }
  /** @throws OAuthError where the request can't be read as one client's */
  readonly readAttempt: (request: ClientRequest) => AuthenticationAttempt
  readonly failures: {
    /** Seconds until the next attempt is looked at; undefined where it is at once. Asks nobody. */
    findBlockedSeconds(key: string): number | undefined
    /** Counts one. Never fails. */
    add(key: string): Promise<void>
  }
  readonly observeFailure: (reason: AuthenticationFailure) => void
  readonly logger: Pick<Logger, 'info'>
}

export type AuthenticationFailure =
  | 'unknown_client'
  | 'inactive_client'
  | 'method'
  | 'credentials'
  | 'replayed'
  | 'blocked'

export type AuthenticateClient = (request: ClientRequest) => Promise<Client>

const judge = async (
  attempt: AuthenticationAttempt,
  client: Client | undefined,
): Promise<AuthenticationFailure | undefined> => {
  const judgement = await attempt.judge(client)
  if (client === undefined) return 'unknown_client'
  if (!client.isActive) return 'inactive_client'
  if (!mayAuthenticateBy(client.metadata.tokenEndpointAuthMethod, attempt.method)) return 'method'
  if (judgement === 'right') return undefined
  return judgement === 'replayed' ? 'replayed' : 'credentials'
}

/** @throws OAuthError `invalid_client`, `invalid_request`, `too_many_requests` */
export const createAuthenticateClient = (deps: AuthenticateClientDeps): AuthenticateClient => {
  const refuse = (reason: AuthenticationFailure, { authorization }: ClientRequest): OAuthError => {
    deps.observeFailure(reason)
    const isMissing = reason === 'unknown_client' || reason === 'inactive_client'
    return new OAuthError(
      'invalid_client',
      isMissing ? 'Client not found or inactive' : 'Client authentication failed',
      authorization === undefined ? {} : { headers: basicChallenge },
    )
  }

  return async request => {
    const attempt = deps.readAttempt(request)
    const client = await deps.clients.find(attempt.clientId)
    // Ids that nobody has share a budget: else each guess of a name would open one.
    const key = `${client?.id ?? '-'}:${subscriberOf(request.ipAddress)}`
    const blockedSeconds = deps.failures.findBlockedSeconds(key)
    if (blockedSeconds !== undefined) {
      deps.observeFailure('blocked')
      const headers = { 'Retry-After': String(blockedSeconds) }
      throw new OAuthError('too_many_requests', 'Rate limit exceeded', { headers })
    }
    const reason = await judge(attempt, client)
    if (client !== undefined && reason === undefined) return client

    const failure = reason ?? 'unknown_client'
    if (failure !== 'replayed') await deps.failures.add(key)
    const members = { client_id: client?.id, reason: failure, method: attempt.method }
    deps.logger.info(members, 'a client was not authenticated')
    throw refuse(failure, request)
  }
}
