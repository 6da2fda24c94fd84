/**
 * The answer to the client: always with the issuer, so that a client of several servers knows whose it is, and with the
 * state as it came.
 *
 * @see draft OAuth 2.1 §4.1.2, RFC 9207 §2
 */
import type { OAuthError } from '@latchkey/oauth'
import { errorDescriptionOf } from '@latchkey/runtime/problem'
import type { ResponseTarget } from './request.ts'

export interface AuthorizationResponse {
  readonly target: ResponseTarget
  readonly parameters: Readonly<Record<string, string>>
}

const respond = (
  target: ResponseTarget,
  issuer: string,
  members: Readonly<Record<string, string>>,
): AuthorizationResponse => ({
  target,
  parameters: { ...members, ...(target.state === undefined ? {} : { state: target.state }), iss: issuer },
})

export const codeResponse = (target: ResponseTarget, issuer: string, code: string): AuthorizationResponse =>
  respond(target, issuer, { code })

export const errorResponse = (
  target: ResponseTarget,
  issuer: string,
  { error, description }: Pick<OAuthError, 'error' | 'description'>,
): AuthorizationResponse =>
  respond(target, issuer, { error, error_description: errorDescriptionOf(description) })

/** The redirect URI to the letter, with the answer after whatever query it has. */
export const redirectLocation = ({ target, parameters }: AuthorizationResponse): string => {
  const { redirectUri } = target
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${new URLSearchParams(parameters)}`
}
