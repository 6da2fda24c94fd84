/**
 * Tells a client that a session of its user has ended. The message waits in the outbox: it is sent after a crash too,
 * and again until the client has taken it. @see OpenID Connect Back-Channel Logout 1.0 §2.5, §2.8
 */
import type { Logger } from '@latchkey/runtime/logger'
import { z } from 'zod'
import type { Client } from '../domain/client.ts'
import type { ClientId, SessionId, UserId } from '../domain/ids.ts'
import type { LogoutNotice } from '../domain/logout-token.ts'
import type { SigningAlgorithm } from '../keys/signing-algorithm.ts'

const message = z.object({
  client_id: z.string().transform(id => id as ClientId),
  subject: z.uuid().transform(id => id as UserId),
  session_id: z.uuid().transform(id => id as SessionId),
})

/** `abandoned`: the client did not take it for a day. `withdrawn`: it does not want to be told any more. */
export type LogoutOutcome = 'delivered' | 'failed' | 'refused' | 'abandoned' | 'withdrawn'

export interface LogoutMessage {
  readonly id: string
  readonly payload: unknown
  readonly createdAt: Date
}

export interface SendBackchannelLogoutDeps {
  readonly clients: { find(id: string): Promise<Client | undefined> }
  readonly signLogoutToken: (notice: LogoutNotice, algorithm: SigningAlgorithm) => Promise<string>
  /** @returns the status of the answer. @throws where there is none */
  readonly postLogoutToken: (uri: string, logoutToken: string) => Promise<number>
  readonly observe: (outcome: LogoutOutcome) => void
  readonly now: () => Date
  readonly logger: Pick<Logger, 'warn'>
}

/** The client's endpoint is away, or broken; it is told again later. */
class LogoutNotTakenError extends Error {
  override readonly name = 'LogoutNotTakenError'
  readonly reason = 'logout_not_taken'
}

// A client that has been away for a day has lost its sessions anyway.
const patienceMs = 86_400_000

export const createSendBackchannelLogout = (deps: SendBackchannelLogoutDeps) => {
  const { clients, signLogoutToken, postLogoutToken, observe, now, logger } = deps

  const post = async (client: Client, uri: string, notice: LogoutNotice) => {
    const logoutToken = await signLogoutToken(notice, client.metadata.idTokenSignedResponseAlg)
    const status = await postLogoutToken(uri, logoutToken)
    if (status >= 200 && status < 300) return 'delivered'
    // §2.8: the client has read it and does not accept it; it would not the next time.
    if (status === 400) return 'refused'
    throw new LogoutNotTakenError(`The back-channel logout endpoint answered ${status}`)
  }

  /** @throws what has it tried again */
  return async ({ id, payload, createdAt }: LogoutMessage): Promise<void> => {
    const { client_id: clientId, subject, session_id: sessionId } = message.parse(payload)
    const client = await clients.find(clientId)
    const uri = client?.isActive === true ? client.metadata.backchannelLogoutUri : undefined
    if (client === undefined || uri === undefined) return observe('withdrawn')

    const about = { client_id: clientId, session_id: sessionId }
    try {
      const outcome = await post(client, uri, { clientId, subject, sessionId, jti: id })
      observe(outcome)
      if (outcome === 'refused')
        logger.warn(about, 'a client refused a back-channel logout; it is not told again')
    } catch (error) {
      if (now().getTime() - createdAt.getTime() < patienceMs) {
        observe('failed')
        throw error
      }
      observe('abandoned')
      logger.warn(
        { ...about, error },
        'a client did not take a back-channel logout for a day; it is not told again',
      )
    }
  }
}
