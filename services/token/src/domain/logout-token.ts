/** The claims of a logout token: who is no longer signed in, and by which session. @see OpenID Connect Back-Channel Logout 1.0 §2.4 */
import type { ClientId, SessionId, UserId } from './ids.ts'

export interface LogoutNotice {
  readonly clientId: ClientId
  readonly subject: UserId
  readonly sessionId: SessionId
  /** The same for each attempt to tell of it: a client recognises what it has heard. */
  readonly jti: string
}

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

// §4: short, at most two minutes. Each attempt has a fresh one.
const ttlSeconds = 120

/** Never a `nonce`: it tells a logout token from an ID token. */
export const logoutTokenClaims = (
  { clientId, subject, sessionId, jti }: LogoutNotice,
  issuer: string,
  now: Date,
) => {
  const iat = Math.floor(now.getTime() / 1000)
  return {
    iss: issuer,
    aud: clientId,
    iat,
    exp: iat + ttlSeconds,
    jti,
    events: { [logoutEvent]: {} },
    sub: subject,
    sid: sessionId,
  }
}
