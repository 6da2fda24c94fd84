/**
 * The claims of an access token, once verified. Signature and registered claims are checked by the verifier;
 * here is the shape, so that callers never meet a subject that is a number.
 */
import type { JWTPayload } from 'jose'
import { TokenError } from './token-error.ts'

/** @see RFC 9068 §2.2 */
export interface AccessTokenClaims {
  readonly iss: string
  readonly aud: string | readonly string[]
  readonly sub: string
  readonly client_id: string
  readonly jti: string
  /** Seconds since 1970. */
  readonly iat: number
  /** Seconds since 1970. */
  readonly exp: number
  /** Space-separated. */
  readonly scope?: string
  /** The session that the token belongs to, where there is one. */
  readonly sid?: string
  /** When the user proved who they are, in seconds since 1970. */
  readonly auth_time?: number
  /** How well they did it; the values are the issuer's `acr_values_supported`. */
  readonly acr?: string
  /** How they did it (RFC 8176). */
  readonly amr?: readonly string[]
  /** Whose key the token is bound to. @see RFC 7800 §3, RFC 9449 §6.1 */
  readonly cnf?: Confirmation
  /** What the user may do everywhere, with the scope `roles`. @see RFC 9068 §2.2.3.1 */
  readonly roles?: readonly string[]
  readonly permissions?: readonly string[]
  /** In which organization the user acts, and what they may do there, with the scope `organization`. */
  readonly org_id?: string
  readonly org_name?: string
  readonly org_roles?: readonly string[]
  readonly org_permissions?: readonly string[]
  readonly [claim: string]: unknown
}

/** What a token is bound to: `jkt` is a key of DPoP; nothing else is accepted here. @see RFC 7800 §3.1 */
export interface Confirmation {
  /** JWK SHA-256 thumbprint. */
  readonly jkt?: string
  readonly [method: string]: unknown
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isOptional = (value: unknown, isType: (value: unknown) => boolean) =>
  value === undefined || isType(value)
const isNumber = (value: unknown) => typeof value === 'number'
const isTextList = (value: unknown) => Array.isArray(value) && value.every(isText)

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)

const isAccessTokenClaims = (payload: JWTPayload): payload is JWTPayload & AccessTokenClaims =>
  [payload.iss, payload.sub, payload.jti, payload.client_id].every(isText) &&
  [payload.iat, payload.exp].every(isNumber) &&
  [payload.scope, payload.sid, payload.acr, payload.org_id, payload.org_name].every(value =>
    isOptional(value, isText),
  ) &&
  isOptional(payload.auth_time, isNumber) &&
  [payload.amr, payload.roles, payload.permissions, payload.org_roles, payload.org_permissions].every(value =>
    isOptional(value, isTextList),
  ) &&
  isOptional(payload.cnf, isObject)

/** @throws TokenError where a required claim is missing or a known one has another type */
export const parseAccessTokenClaims = (payload: JWTPayload): AccessTokenClaims => {
  if (!isAccessTokenClaims(payload)) throw new TokenError('claims')
  return Object.freeze(payload)
}
