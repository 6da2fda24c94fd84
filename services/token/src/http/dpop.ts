/** The next nonce for clients that prove possession of a key, on every answer, errors included. @see RFC 9449 §8.2 */
import type { Handler } from '@latchkey/runtime/http'
import type { DpopNonces } from '../dpop/nonces.ts'

/** So that a client need not be refused once in a while to learn it. */
export const offeringDpopNonce =
  (nonces: Pick<DpopNonces, 'current'>, handler: Handler): Handler =>
  (req, res) => {
    if (req.headers.dpop !== undefined) res.setHeader('DPoP-Nonce', nonces.current())
    return handler(req, res)
  }
