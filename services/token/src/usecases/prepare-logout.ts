/**
 * What a client's wish to sign its user out comes to. Only who shows an ID token of the very session in this browser is
 * believed without a question, and not where the client means somebody else than who is signed in here (`logout_hint`);
 * otherwise the user is asked. A browser is sent to no address but one that the client has registered.
 * @see OpenID Connect RP-Initiated Logout 1.0 §2, §3, §6
 */
import { OAuthError } from '@latchkey/oauth'
import type { BrowserSession } from '../domain/browser-session.ts'
import type { Client } from '../domain/client.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { UserId } from '../domain/ids.ts'
import { logoutHintNames } from '../domain/logout-hint.ts'
import { postLogoutRedirectOf } from '../domain/post-logout-redirect.ts'
import type { IdTokenHint, ReadIdTokenHint } from '../keys/id-token-hint.ts'

export interface LogoutRequest {
  readonly idTokenHint?: string | undefined
  /** Whom the client means. It vouches for nothing. */
  readonly logoutHint?: string | undefined
  readonly clientId?: string | undefined
  readonly postLogoutRedirectUri?: string | undefined
  readonly state?: string | undefined
  /** Raw cookie of the browser session. */
  readonly rawSession: string | undefined
}

/** The client that asks, as far as it is known, and where it wants the browser to go. */
export interface LogoutOrigin {
  readonly client: Client | undefined
  readonly redirectTo: string | undefined
}

export type PreparedLogout = LogoutOrigin &
  (
    | { readonly next: 'end'; readonly session: BrowserSession }
    | {
        readonly next: 'ask'
        readonly session: BrowserSession
        /** Whose account it is, as they know it. */
        readonly email: string | undefined
      }
    /** Nobody is signed in in this browser. `isVerified`: the client has shown an ID token of ours. */
    | { readonly next: 'nothing'; readonly isVerified: boolean }
  )

export interface PrepareLogoutDeps {
  readonly readIdTokenHint: ReadIdTokenHint
  readonly clients: { find(id: string): Promise<Client | undefined> }
  readonly browserSessions: { find(tokenHash: Buffer): Promise<{ session: BrowserSession } | undefined> }
  readonly subjects: {
    /** Undefined for an unknown or deleted one. */
    find(userId: UserId): Promise<{ readonly email: string } | undefined>
  }
}

/** A hint of another client is nobody's. */
const belongsTo = (hint: IdTokenHint | undefined, clientId: string | undefined) =>
  hint !== undefined && (clientId === undefined || hint.clientId === clientId)

export const createPrepareLogout = ({
  readIdTokenHint,
  clients,
  browserSessions,
  subjects,
}: PrepareLogoutDeps) => {
  const findOrigin = async (request: LogoutRequest, hint: IdTokenHint | undefined): Promise<LogoutOrigin> => {
    const { idTokenHint, clientId, postLogoutRedirectUri: uri, state } = request
    // A forged hint says nothing about who asks.
    if (idTokenHint !== undefined && hint === undefined) return { client: undefined, redirectTo: undefined }
    const named = hint?.clientId ?? clientId
    if (named === undefined) return { client: undefined, redirectTo: undefined }
    const client = await clients.find(named)
    if (client === undefined || !client.isActive)
      throw new OAuthError('invalid_request', 'Client not found or inactive')
    if (uri === undefined) return { client, redirectTo: undefined }
    if (!client.metadata.postLogoutRedirectUris.includes(uri))
      throw new OAuthError('invalid_request', 'post_logout_redirect_uri not registered for this client')
    return { client, redirectTo: postLogoutRedirectOf(uri, state) }
  }

  /** @throws OAuthError what no browser may be sent to the client with */
  return async (request: LogoutRequest): Promise<PreparedLogout> => {
    const { idTokenHint, logoutHint, clientId, rawSession } = request
    const read = idTokenHint === undefined ? undefined : await readIdTokenHint(idTokenHint)
    const hint = belongsTo(read, clientId) ? read : undefined
    const [origin, found] = await Promise.all([
      findOrigin(request, hint),
      rawSession === undefined ? undefined : browserSessions.find(hashSecret(rawSession)),
    ])
    if (found === undefined) return { ...origin, next: 'nothing', isVerified: hint !== undefined }
    const { session } = found
    const isOfSession = hint?.sessionId === session.sessionId && hint.subject === session.subject
    const email = (await subjects.find(session.subject))?.email
    if (isOfSession && logoutHintNames(logoutHint, { session, email }))
      return { ...origin, next: 'end', session }
    return { ...origin, next: 'ask', session, email }
  }
}

export type PrepareLogout = ReturnType<typeof createPrepareLogout>
