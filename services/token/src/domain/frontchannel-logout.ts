/** The address that a client's frame is loaded from. @see OpenID Connect Front-Channel Logout 1.0 §2, §3 */
import type { SessionId } from './ids.ts'

/**
 * As it was registered, with `iss` and `sid` behind it: both or neither, and both do no harm where the client does not ask
 * for them (`frontchannel_logout_session_required`).
 */
export const frontchannelLogoutUrl = (uri: string, issuer: string, sessionId: SessionId): string =>
  `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ iss: issuer, sid: sessionId })}`
