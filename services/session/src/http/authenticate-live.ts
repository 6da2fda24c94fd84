/** Who asks, and whether their session lives by the word of Postgres: whoever lists or ends sessions is signed in. */
import type { Authenticate } from '@latchkey/contracts'
import { TokenError } from '@latchkey/sdk'
import type { FindSession } from '../usecases/find-session.ts'

/** @throws TokenError, KeysUnavailableError */
export const createAuthenticateLive =
  (authenticate: Authenticate, findSession: FindSession): Authenticate =>
  async request => {
    const caller = await authenticate(request)
    const found = await findSession(caller.sessionId)
    if (!found?.isLive) throw new TokenError('revoked')
    if (found.session.userId !== caller.userId) throw new TokenError('claims')
    return caller
  }
