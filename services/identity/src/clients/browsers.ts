/** What identity's pages ask of the token service: who is signed in in a browser, and which request waits for a sign-in. */
import type { TokenClient } from '@latchkey/contracts'
import { RpcFailure } from '@latchkey/runtime/grpc'
import type { AuthenticationMethod } from '../domain/authentication-method.ts'
import type { SessionId, UserId } from '../domain/ids.ts'
import type { BegunSession, BrowserSession } from '../domain/sign-in.ts'
import type { WaitingFlow } from '../domain/waiting-flow.ts'
import { type AuthorizedStart, toSignIn } from './subject.ts'

/** Undefined for what is not there; every other failure is thrown. */
const unless = async <Answer>(reason: string, asked: Promise<Answer>): Promise<Answer | undefined> => {
  try {
    return await asked
  } catch (error) {
    if (error instanceof RpcFailure && error.reason === reason) return undefined
    throw error
  }
}

export const createBrowsers = (
  client: Pick<
    TokenClient,
    'beginBrowserSession' | 'getBrowserSession' | 'getAuthorizationFlow' | 'getSignedOutPage'
  >,
) => ({
  begin: async (start: AuthorizedStart, session: BegunSession): Promise<BrowserSession> => {
    const replaces = start.origin.browserSession ?? ''
    const { token } = await client.beginBrowserSession({ ...toSignIn(start, session), replaces })
    return { rawToken: token, endsAt: session.endsAt }
  },

  /** Who is signed in; undefined where nobody is. */
  findSession: async (
    rawToken: string,
  ): Promise<
    | {
        readonly userId: UserId
        readonly sessionId: SessionId
        readonly methods: readonly AuthenticationMethod[]
      }
    | undefined
  > => {
    const found = await unless('BROWSER_SESSION_NOT_FOUND', client.getBrowserSession({ token: rawToken }))
    return (
      found && {
        userId: found.userId as UserId,
        sessionId: found.sessionId as SessionId,
        // What we said ourselves when it began.
        methods: found.authenticationMethods as AuthenticationMethod[],
      }
    )
  },

  /** Where applications are told in the browser that a session has ended; undefined where none is. Before its end. */
  findSignedOutPage: async (sessionId: SessionId, rawBrowser: string): Promise<string | undefined> => {
    const { location } = await client.getSignedOutPage({ sessionId, browser: rawBrowser })
    return location === '' ? undefined : location
  },

  /** Undefined for a request that is over, or another browser's. */
  findFlow: async (handle: string, rawBrowser: string): Promise<WaitingFlow | undefined> => {
    const asked = client.getAuthorizationFlow({ handle, browser: rawBrowser })
    const found = await unless('FLOW_NOT_FOUND', asked)
    return (
      found && {
        kind: 'request',
        destinationName: found.clientName,
        loginHint: found.loginHint,
        uiLocales: found.uiLocales,
        promptsCreation: found.promptCreate,
        acrWanted: found.acrWanted,
        acrRequired: found.acrRequired,
        formAction: found.formAction,
      }
    )
  },
})
