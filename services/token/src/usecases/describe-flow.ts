/** What a sign-in page is to know of the authorization request that waits for it. */
import { checkAcr } from '../authorize/check-acr.ts'
import { parseClaims } from '../authorize/check-claims.ts'
import type { AcrDemand } from '../domain/acr.ts'
import type { AuthorizationFlow, AuthorizationParameters } from '../domain/authorization-flow.ts'
import type { Client } from '../domain/client.ts'
import { isDeviceFlow } from '../domain/device-flow.ts'
import { formActionOf } from '../domain/form-action.ts'
import type { ClaimsRequest } from '../domain/grant.ts'
import { hashSecret } from '../domain/hash-secret.ts'

export interface DescribeFlowDeps {
  readonly flows: {
    /** Undefined for one that is unknown, over, used, or another browser's. */
    find(key: { handleHash: Buffer; browserHash: Buffer }): Promise<AuthorizationFlow | undefined>
  }
  readonly clients: { find(id: string): Promise<Client | undefined> }
}

export interface FlowDescription {
  readonly client: Client
  readonly loginHint: string
  /** BCP 47 tags, best first, separated by spaces. */
  readonly uiLocales: string
  readonly acrValues: readonly string[]
  /** What is tried first, and what it does not do without. */
  readonly acr: Pick<AcrDemand, 'wanted' | 'required'>
  readonly promptsCreation: boolean
  /** Where a form may lead in the end: the origin of the redirect URI, or its scheme; empty: no further than our pages. */
  readonly formAction: string
}

const textOf = (parameters: AuthorizationParameters, name: string): string => {
  const value = parameters[name]
  return typeof value === 'string' ? value : ''
}

/** Of a request that was checked before it was stored. */
const claimsOf = (parameters: AuthorizationParameters): ClaimsRequest | undefined => {
  const text = textOf(parameters, 'claims')
  return text === '' ? undefined : parseClaims(text)
}

const words = (text: string): string[] => text.split(' ').filter(word => word !== '')

/** Undefined where there is no such flow in this browser, or its client is gone. */
export const createDescribeFlow =
  ({ flows, clients }: DescribeFlowDeps) =>
  async (handle: string, browser: string): Promise<FlowDescription | undefined> => {
    const flow = await flows.find({ handleHash: hashSecret(handle), browserHash: hashSecret(browser) })
    const client = flow && (await clients.find(flow.clientId))
    if (flow === undefined || client === undefined || !client.isActive) return undefined
    const { parameters } = flow
    return {
      client,
      loginHint: textOf(parameters, 'login_hint'),
      uiLocales: textOf(parameters, 'ui_locales'),
      acrValues: words(textOf(parameters, 'acr_values')),
      acr: checkAcr({ client, parameters }, claimsOf(parameters)),
      promptsCreation: words(textOf(parameters, 'prompt')).includes('create'),
      formAction: isDeviceFlow(parameters) ? '' : formActionOf(textOf(parameters, 'redirect_uri')),
    }
  }

export type DescribeFlow = ReturnType<typeof createDescribeFlow>
