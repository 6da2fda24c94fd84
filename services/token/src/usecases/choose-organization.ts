/**
 * A user of several organizations says in which they act for the request that waits. It is kept with the request, as if
 * the client had asked for it, and looked at again with it: nobody chooses what is not theirs.
 */
import type { Membership } from '../domain/authority.ts'
import type { AuthorizationParameters } from '../domain/authorization-flow.ts'
import type { BrowserSession } from '../domain/browser-session.ts'
import type { Client } from '../domain/client.ts'
import { type FlowCookies, type FlowKey, flowIsOver, type ReadFlow } from './read-flow.ts'
import type { TakeStep } from './take-step.ts'

export interface OpenChoice {
  readonly outcome: 'ask'
  readonly client: Pick<Client, 'name'>
  readonly session: BrowserSession
  readonly memberships: readonly Membership[]
  readonly uiLocales: string
  readonly redirectUri: string
}

/** Nothing is to be chosen (any more): the request goes on at `/oauth/resume`. */
type Resume = { readonly outcome: 'resume' }

export interface ShowOrganizationsDeps {
  readonly readFlow: ReadFlow
  readonly takeStep: TakeStep
}

/** @throws OAuthError where there is no such flow in this browser */
export const createShowOrganizations =
  ({ readFlow, takeStep }: ShowOrganizationsDeps) =>
  async (input: FlowCookies): Promise<OpenChoice | Resume> => {
    const waiting = await readFlow(input)
    if (waiting.outcome !== 'valid') return { outcome: 'resume' }
    const { request, waitsSince } = waiting
    const step = await takeStep({ request, rawSession: input.rawSession, waitsSince })
    if (step.next !== 'organization') return { outcome: 'resume' }
    const { client, parameters, target } = request
    const uiLocales = typeof parameters.ui_locales === 'string' ? parameters.ui_locales : ''
    const { redirectUri } = target
    return { ...step, outcome: 'ask', client, uiLocales, redirectUri }
  }

export type ShowOrganizations = ReturnType<typeof createShowOrganizations>

export interface ChooseOrganizationDeps extends ShowOrganizationsDeps {
  readonly flows: { amend(key: FlowKey, parameters: AuthorizationParameters): Promise<boolean> }
}

export interface ChooseOrganizationInput extends FlowCookies {
  readonly organization: string
  /** Throws unless the form was made for this sign-in. */
  readonly verifyForm: (session: BrowserSession) => void
}

/** Whatever comes of it, the request goes on. @throws OAuthError where there is no such flow in this browser */
export const createChooseOrganization =
  ({ readFlow, takeStep, flows }: ChooseOrganizationDeps) =>
  async (input: ChooseOrganizationInput): Promise<void> => {
    const waiting = await readFlow(input)
    if (waiting.outcome !== 'valid') return
    const { request, key, waitsSince } = waiting
    const step = await takeStep({ request, rawSession: input.rawSession, waitsSince })
    if (step.next !== 'organization') return
    input.verifyForm(step.session)
    if (!step.memberships.some(({ id }) => id === input.organization)) return
    if (!(await flows.amend(key, { organization: input.organization }))) throw flowIsOver()
  }

export type ChooseOrganization = ReturnType<typeof createChooseOrganization>
