/**
 * What the page after a logout holds: a frame for each client that is told in the browser, and where it goes on. Both are as
 * the clients are registered by then, whatever its address says: who put a cookie of their own into somebody's browser could
 * have made that address.
 */
import type { Client } from '../domain/client.ts'
import { frontchannelLogoutUrl } from '../domain/frontchannel-logout.ts'
import type { SessionId } from '../domain/ids.ts'
import { isPostLogoutRedirect } from '../domain/post-logout-redirect.ts'

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
  readonly back: { readonly href: string; readonly clientName: string } | undefined
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

  const findBack = async ({ clientId, redirectTo }: SignedOut): Promise<ShownSignedOut['back']> => {
    if (clientId === undefined || redirectTo === undefined) return undefined
    const client = await clients.find(clientId)
    if (
      client?.isActive !== true ||
      !isPostLogoutRedirect(redirectTo, client.metadata.postLogoutRedirectUris)
    )
      return undefined
    return { href: redirectTo, clientName: client.name }
  }

  return async (signedOut: SignedOut): Promise<ShownSignedOut> => {
    const { sessionId, clientIds } = signedOut
    const [frameUrls, back] = await Promise.all([
      Promise.all(clientIds.map(id => frameUrlOf(id, sessionId))),
      findBack(signedOut),
    ])
    return { frameUrls: frameUrls.flat(), back }
  }
}

export type ShowSignedOut = ReturnType<typeof createShowSignedOut>
