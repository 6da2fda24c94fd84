/**
 * A user's answer to a consent page. It counts for the stored request alone, in the browser and for the sign-in that the
 * page was made for, as long as the request means what the page said, and once. What was allowed is remembered: never
 * more than was asked.
 */
import { OAuthError } from '@latchkey/oauth'
import { errorResponse } from '../authorize/response.ts'
import type { Membership } from '../domain/authority.ts'
import type { AuthorizationFlow } from '../domain/authorization-flow.ts'
import type { BrowserSession } from '../domain/browser-session.ts'
import type { Client } from '../domain/client.ts'
import type { Consent } from '../domain/consent.ts'
import type { ClientId, UserId } from '../domain/ids.ts'
import type { AuthorizeResult } from './authorize.ts'
import type { IssueCode } from './issue-code.ts'
import { type FlowCookies, type FlowKey, flowIsOver, type ReadFlow } from './read-flow.ts'
import type { TakeStep } from './take-step.ts'

export interface AnswerConsentDeps {
  readonly readFlow: ReadFlow
  readonly takeStep: TakeStep
  readonly issueCode: IssueCode
  readonly flows: { use(key: FlowKey): Promise<AuthorizationFlow | undefined> }
  readonly consents: { add(key: { subject: UserId; clientId: ClientId }, consent: Consent): Promise<void> }
  readonly issuer: string
}

/** What a page has to say, and an answer to it is good for. */
export interface AskedOfUser {
  readonly session: BrowserSession
  readonly organization: Membership | undefined
  readonly client: Pick<Client, 'name'>
  readonly asked: readonly string[]
  readonly resources: readonly string[]
  readonly redirectUri: string
}

export interface AnswerConsentInput extends FlowCookies {
  readonly isAllowed: boolean
  /** Throws unless the form was made for this. */
  readonly verifyForm: (asked: AskedOfUser) => void
  readonly ipAddress: string
}

/** `consent` never comes of it. @throws OAuthError where there is no such flow in this browser */
export const createAnswerConsent =
  ({ readFlow, takeStep, issueCode, flows, consents, issuer }: AnswerConsentDeps) =>
  async (input: AnswerConsentInput): Promise<AuthorizeResult | { readonly outcome: 'resume' }> => {
    const { rawSession, isAllowed, ipAddress } = input
    const waiting = await readFlow(input)
    if (waiting.outcome !== 'valid') return { outcome: 'resume' }
    const { request, key, waitsSince } = waiting
    const step = await takeStep({ request, rawSession, waitsSince })
    if (step.next === 'undecided') return { outcome: 'undecided' }
    if (step.next !== 'consent' && step.next !== 'go_on') return { outcome: 'resume' }

    const { session, organization } = step
    const { client, asked, resources, target } = request
    input.verifyForm({ session, organization, client, asked, resources, redirectUri: target.redirectUri })
    if ((await flows.use(key)) === undefined) throw flowIsOver()
    if (!isAllowed) {
      const denied = new OAuthError('access_denied', 'The user did not allow it')
      return { outcome: 'respond', response: errorResponse(target, issuer, denied) }
    }
    await consents.add({ subject: session.subject, clientId: client.id }, { scopes: asked, resources })
    return { outcome: 'respond', response: await issueCode({ request, session, organization, ipAddress }) }
  }

export type AnswerConsent = ReturnType<typeof createAnswerConsent>
