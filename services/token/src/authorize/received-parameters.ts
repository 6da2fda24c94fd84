/**
 * The parameters as they came: duplicates are told apart from the rest, those that no rule knows are left out. One that
 * comes twice is refused, since two readers could pick different ones. @see draft OAuth 2.1 §3.1
 */
import { OAuthError, type OAuthParameters } from '@latchkey/oauth'

/** Every parameter that a rule knows. */
export const knownParameters = [
  'acr_values',
  'claims',
  'claims_locales',
  'client_id',
  'code_challenge',
  'code_challenge_method',
  'display',
  'dpop_jkt',
  'id_token_hint',
  'login_hint',
  'max_age',
  'nonce',
  'organization',
  'prompt',
  'redirect_uri',
  'registration',
  'request',
  'request_uri',
  'resource',
  'response_mode',
  'response_type',
  'scope',
  'state',
  'ui_locales',
] as const

/** @see RFC 8707 §2 */
const repeatable: readonly string[] = ['resource']

/** While one of these is unclear, nobody can say where an answer belongs. */
const steering = ['client_id', 'redirect_uri', 'request', 'request_uri', 'response_mode', 'state']

export interface ReceivedParameters {
  readonly parameters: OAuthParameters
  /** Names of known parameters that came more than once. */
  readonly duplicates: readonly string[]
}

/** @param lists every parameter with all its values, empty ones left out */
export const receiveParameters = (lists: OAuthParameters): ReceivedParameters => {
  const parameters: Record<string, string | readonly string[]> = {}
  const duplicates: string[] = []
  for (const name of knownParameters) {
    const values = lists[name]
    if (values === undefined) continue
    if (typeof values === 'string' || repeatable.includes(name)) parameters[name] = values
    else if (values.length > 1) duplicates.push(name)
    else if (values[0] !== undefined) parameters[name] = values[0]
  }
  return { parameters, duplicates }
}

const refuse = (name: string | undefined): void => {
  if (name === undefined) return
  throw new OAuthError('invalid_request', `${name} comes more than once`)
}

/** @throws OAuthError `invalid_request`, never to be sent to a client */
export const refuseUnclearTarget = ({ duplicates }: ReceivedParameters): void =>
  refuse(duplicates.find(name => steering.includes(name)))

/** @throws OAuthError `invalid_request` */
export const refuseDuplicates = ({ duplicates }: ReceivedParameters): void => refuse(duplicates[0])
