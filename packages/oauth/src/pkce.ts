/** Proof Key for Code Exchange, S256 alone. @see RFC 7636 §4, draft OAuth 2.1 §4.1.1 */
import { createHash, timingSafeEqual } from 'node:crypto'

/** SHA-256 in base64url. */
const codeChallenge = /^[A-Za-z0-9_-]{43}$/
const codeVerifier = /^[A-Za-z0-9._~-]{43,128}$/

export const isCodeChallenge = (text: string): boolean => codeChallenge.test(text)
const isCodeVerifier = (text: string): boolean => codeVerifier.test(text)

/** Whether the verifier is the one that the challenge was made of. @see RFC 7636 §4.6 */
export const isVerifierOf = (verifier: string, challenge: string): boolean => {
  if (!isCodeVerifier(verifier) || !isCodeChallenge(challenge)) return false
  const made = createHash('sha256').update(verifier).digest()
  return timingSafeEqual(made, Buffer.from(challenge, 'base64url'))
}
