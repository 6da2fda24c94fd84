/**
 * Where the browser goes whose session somebody else is about to end (the account pages): the page that tells applications
 * in it. Asked for before the end, which forgets them. @see OpenID Connect Front-Channel Logout 1.0 §3
 */
import type { SessionId } from '../domain/ids.ts'
import type { SignedOut } from './show-signed-out.ts'

export interface FindSignedOutPageDeps {
  /** Of a session, those that are told of its end in the browser. */
  readonly frontchannelClients: { find(sessionId: SessionId): Promise<readonly string[]> }
  readonly linkTo: (signedOut: SignedOut, rawBrowser: string) => string
}

/** Undefined where no application is told so. */
export const createFindSignedOutPage =
  ({ frontchannelClients, linkTo }: FindSignedOutPageDeps) =>
  async (sessionId: SessionId, rawBrowser: string): Promise<string | undefined> => {
    const clientIds = await frontchannelClients.find(sessionId)
    if (clientIds.length === 0) return undefined
    return linkTo({ sessionId, clientIds, clientId: undefined, redirectTo: undefined }, rawBrowser)
  }

export type FindSignedOutPage = ReturnType<typeof createFindSignedOutPage>
