/** Who calls, by their bearer token. Only tokens of the first-party API: no client of OAuth changes a password. */
import { isUuid } from '@latchkey/runtime/ids'
import { unauthorized } from '@latchkey/runtime/problem'
import { bearerFrom, TokenError, type TokenVerifier } from '@latchkey/sdk'
import type { Request } from 'express'
import type { SessionId, UserId } from '../domain/ids.ts'

export interface Caller {
  readonly userId: UserId
  readonly sessionId: SessionId | undefined
}

const firstPartyClient = 'latchkey'

export const createGetCaller =
  (verifier: Pick<TokenVerifier, 'verify'>) =>
  /** @throws Problem 401; KeysUnavailableError where that can't be told */
  async (req: Request): Promise<Caller> => {
    try {
      const [header, ...others] = req.headersDistinct.authorization ?? []
      if (others.length > 0) throw unauthorized('Invalid token')
      const claims = await verifier.verify(bearerFrom(header))
      if (claims.client_id !== firstPartyClient || !isUuid(claims.sub)) throw unauthorized('Invalid token')
      return { userId: claims.sub as UserId, sessionId: claims.sid as SessionId | undefined }
    } catch (error) {
      if (error instanceof TokenError) {
        throw unauthorized(error.code === 'token_expired' ? 'Token has expired' : 'Invalid token')
      }
      throw error
    }
  }

export type GetCaller = ReturnType<typeof createGetCaller>
