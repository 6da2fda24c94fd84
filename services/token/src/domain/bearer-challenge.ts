/** What a protected resource answers in `WWW-Authenticate`. @see RFC 6750 §3, RFC 9449 §7.1 */
import { clientSignatureAlgorithms } from '@latchkey/oauth'
import { errorDescriptionOf } from '@latchkey/runtime/problem'

/** How the access token came, or must come. */
export type BearerScheme = 'Bearer' | 'DPoP'

export interface ChallengeMembers {
  readonly error?: string
  /** Public, of our own making: nothing of the request is in it. */
  readonly error_description?: string
  readonly scope?: string
}

const algs = clientSignatureAlgorithms.join(' ')

/** One challenge. */
export const bearerChallenge = (scheme: BearerScheme, members: ChallengeMembers = {}): string => {
  const all = { ...members, ...(scheme === 'DPoP' ? { algs } : {}) }
  const parameters = Object.entries(all).map(([name, value]) => `${name}="${errorDescriptionOf(value)}"`)
  // RFC 6750 §3: one parameter at least, whatever there is to say.
  return `${scheme} ${parameters.length === 0 ? 'realm="latchkey"' : parameters.join(', ')}`
}

/** For a request without credentials: it is told how they may come, and of no error (RFC 6750 §3.1). */
export const anyChallenge = `${bearerChallenge('Bearer')}, ${bearerChallenge('DPoP')}`
