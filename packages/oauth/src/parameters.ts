/** The parameters of a request, after it was read strictly: one value each, but for those that may come again. */
import { OAuthError } from './oauth-error.ts'

/** Those that may come more than once, such as `resource`, are lists. */
export type OAuthParameters = Readonly<Record<string, string | readonly string[]>>

/** Undefined where it is absent, which an empty one is too. @see draft OAuth 2.1 §3.1 */
export const findParameter = (parameters: OAuthParameters, name: string): string | undefined => {
  const value = parameters[name]
  return typeof value === 'string' ? value : undefined
}

/** @throws OAuthError `invalid_request` where it is absent */
export const getParameter = (parameters: OAuthParameters, name: string): string => {
  const value = findParameter(parameters, name)
  if (value === undefined) throw new OAuthError('invalid_request', `${name} parameter is required`)
  return value
}

/** All values of a parameter that may come more than once. */
export const listParameter = (parameters: OAuthParameters, name: string): readonly string[] => {
  const value = parameters[name] ?? []
  return typeof value === 'string' ? [value] : value
}
