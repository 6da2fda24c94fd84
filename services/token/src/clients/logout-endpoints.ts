/** The back-channel logout endpoints of clients: addresses that they chose. @see OpenID Connect Back-Channel Logout 1.0 §2.5 */
import type { OutboundFetch } from '@latchkey/runtime/outbound'

/** @returns the status of the answer. @throws OutboundError */
export const createPostLogoutToken =
  (outboundFetch: OutboundFetch) =>
  async (uri: string, logoutToken: string): Promise<number> => {
    const { status } = await outboundFetch(uri, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: logoutToken }).toString(),
    })
    return status
  }
