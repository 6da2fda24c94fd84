/**
 * Where the answer goes: only ever to a redirect URI that the client has registered, to the letter.
 *
 * @see draft OAuth 2.1 §2.3.1, §4.1.1, §4.1.2.1, RFC 9700 §4.11.2
 */
import { findParameter, isRegisteredRedirectUri, OAuthError, parseScope } from '@latchkey/oauth'
import type { Client, ResponseMode } from '../domain/client.ts'
import type { ResponseTarget, RuleInput } from './request.ts'

/** What was asked for where the client may have it; errors need a way home even where it was not. */
const responseModeOf = ({ metadata }: Client, asked: string | undefined): ResponseMode =>
  metadata.responseModes.find(mode => mode === asked) ??
  (metadata.responseModes.includes('query') ? 'query' : 'form_post')

/** @see OpenID Connect Core §3.1.2.1; FAPI 2.0 §5.3.2.2, whose clients push */
const mustNameRedirectUri = ({ client: { metadata }, parameters }: RuleInput): boolean =>
  metadata.requirePushedAuthorizationRequests ||
  parseScope(findParameter(parameters, 'scope')).includes('openid')

const redirectUriOf = (input: RuleInput): string => {
  const { client, parameters } = input
  const { redirectUris } = client.metadata
  const asked = findParameter(parameters, 'redirect_uri')
  if (asked !== undefined) {
    if (isRegisteredRedirectUri(redirectUris, asked)) return asked
    throw new OAuthError('invalid_request', 'redirect_uri not registered for this client')
  }
  // A client with one need not name it in plain OAuth.
  const [only, ...others] = redirectUris
  if (only !== undefined && others.length === 0 && !mustNameRedirectUri(input)) return only
  throw new OAuthError('invalid_request', 'redirect_uri parameter is required')
}

/** @throws OAuthError `invalid_request`, never to be sent anywhere by redirect */
export const checkTarget = (input: RuleInput): ResponseTarget => {
  const { client, parameters } = input
  return {
    clientId: client.id,
    redirectUri: redirectUriOf(input),
    responseMode: responseModeOf(client, findParameter(parameters, 'response_mode')),
    state: findParameter(parameters, 'state'),
  }
}

/** The same where it can be told already, before a request object or a pushed request has been read. */
export const findTarget = (input: RuleInput): ResponseTarget | undefined =>
  findParameter(input.parameters, 'redirect_uri') !== undefined &&
  isRegisteredRedirectUri(
    input.client.metadata.redirectUris,
    findParameter(input.parameters, 'redirect_uri') ?? '',
  )
    ? checkTarget(input)
    : undefined
