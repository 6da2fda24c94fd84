/** What a user is asked to allow: exactly what the stored request asks for. */
import type { Membership } from '../domain/authority.ts'
import type { BrowserSession } from '../domain/browser-session.ts'
import type { Client } from '../domain/client.ts'
import type { UserId } from '../domain/ids.ts'
import type { Scope } from '../domain/scope.ts'
import type { FlowCookies, ReadFlow } from './read-flow.ts'
import type { TakeStep } from './take-step.ts'

export interface ShowConsentDeps {
  readonly readFlow: ReadFlow
  readonly takeStep: TakeStep
  readonly findScopes: () => Promise<readonly Scope[]>
  readonly subjects: {
    /** Undefined for an unknown or deleted one. */
    find(userId: UserId): Promise<{ readonly email: string } | undefined>
  }
}

export type ShownConsent =
  | {
      readonly outcome: 'ask'
      readonly client: Client
      readonly session: BrowserSession
      /** The one that the user would act in. */
      readonly organization: Membership | undefined
      /** Whose account it is, as they know it. */
      readonly email: string | undefined
      readonly scopes: readonly Scope[]
      /** The names of the same. */
      readonly asked: readonly string[]
      readonly resources: readonly string[]
      readonly redirectUri: string
      readonly uiLocales: string
    }
  /** Nothing is to be asked here: the request goes on at `/oauth/resume`. */
  | { readonly outcome: 'resume' }

/** @throws OAuthError where there is no such flow in this browser */
export const createShowConsent =
  ({ readFlow, takeStep, findScopes, subjects }: ShowConsentDeps) =>
  async (input: FlowCookies): Promise<ShownConsent> => {
    const waiting = await readFlow(input)
    if (waiting.outcome !== 'valid') return { outcome: 'resume' }
    const { request, waitsSince } = waiting
    const step = await takeStep({ request, rawSession: input.rawSession, waitsSince })
    if (step.next !== 'consent') return { outcome: 'resume' }
    const [known, subject] = await Promise.all([findScopes(), subjects.find(step.session.subject)])
    const { client, asked, resources, target, parameters } = request
    return {
      outcome: 'ask',
      client,
      session: step.session,
      organization: step.organization,
      email: subject?.email,
      scopes: known.filter(({ name }) => asked.includes(name)),
      asked,
      resources,
      redirectUri: target.redirectUri,
      uiLocales: typeof parameters.ui_locales === 'string' ? parameters.ui_locales : '',
    }
  }

export type ShowConsent = ReturnType<typeof createShowConsent>
