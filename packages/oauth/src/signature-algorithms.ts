/**
 * What a client may sign with: assertions, DPoP proofs and request objects are verified with a public key or not at
 * all. `none` and the HMACs are not in the list, so that neither can be asked for. @see RFC 8725 §3.1, RFC 9449 §4.3
 */
export const clientSignatureAlgorithms = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
] as const

/** @see RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2 */
export type ClientSignatureAlgorithm = (typeof clientSignatureAlgorithms)[number]

/** Those that a client may use: the one that it registered, or any. @see OpenID Connect Registration §2 */
export const allowedAlgorithms = (registered?: ClientSignatureAlgorithm): ClientSignatureAlgorithm[] =>
  registered === undefined ? [...clientSignatureAlgorithms] : [registered]

/** Three base64url parts and nothing else: white space and padding, which decoders let pass, would be other spellings. */
export const isCompactJws = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)
