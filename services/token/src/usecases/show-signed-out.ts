/** What the page after a logout holds: a frame for each client that is told in the browser, and where it goes on. */
import type { Client } from '../domain/client.ts'
import { frontchannelLogoutUrl } from '../domain/frontchannel-logout.ts'
import type { SessionId } from '../domain/ids.ts'

/** Of a logout that has been done. */
export interface SignedOut {
  readonly sessionId: SessionId
  /** Whom to tell in the browser. */
  readonly clientIds: readonly string[]
  /** Who asked for it, and where the browser goes then. */
  readonly clientId: string | undefined
  readonly redirectTo: string | undefined
}

export interface ShownSignedOut {
  /** What frames load, each from its client's own origin. */
  readonly frameUrls: readonly string[]
  readonly clientName: string | undefined
}

export interface ShowSignedOutDeps {
  readonly clients: { find(id: string): Promise<Client | undefined> }
  readonly issuer: string
}

export const createShowSignedOut = ({ clients, issuer }: ShowSignedOutDeps) => {
  const frameUrlOf = async (id: string, sessionId: SessionId): Promise<readonly string[]> => {
    const client = await clients.find(id)
    const uri = client?.isActive === true ? client.metadata.frontchannelLogoutUri : undefined
    return uri === undefined ? [] : [frontchannelLogoutUrl(uri, issuer, sessionId)]
  }

  return async ({ sessionId, clientIds, clientId }: SignedOut): Promise<ShownSignedOut> => {
    const [frameUrls, client] = await Promise.all([
      Promise.all(clientIds.map(id => frameUrlOf(id, sessionId))),
      clientId === undefined ? undefined : clients.find(clientId),
    ])
    return { frameUrls: frameUrls.flat(), clientName: client?.name }
  }
}

export type ShowSignedOut = ReturnType<typeof createShowSignedOut>
