/** Who we are to authenticators: from PUBLIC_URL alone, whatever a request says. @see WebAuthn Level 3 §5.4.2, §13.4.9 */
import { createHash } from 'node:crypto'

export interface RelyingParty {
  /** The host: passkeys are bound to it, and to every path on it. */
  readonly id: string
  readonly idHash: Buffer
  readonly origin: string
  /** Shown by older authenticators. */
  readonly name: string
}

export const relyingPartyOf = (publicUrl: string, name: string): RelyingParty => {
  const { hostname, origin } = new URL(publicUrl)
  return { id: hostname, idHash: createHash('sha256').update(hostname).digest(), origin, name }
}
