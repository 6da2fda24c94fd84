/** An authorization request that has just come. One that needs its user is stored, and waits. */
import type { OAuthParameters } from '@latchkey/oauth'
import type { AuthorizationRules } from '../authorize/index.ts'
import { type AuthorizationResponse, errorResponse } from '../authorize/response.ts'
import { flowTtlSeconds } from '../domain/authorization-flow.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { ClientId } from '../domain/ids.ts'
import type { IssueCode } from './issue-code.ts'
import type { TakeStep } from './take-step.ts'

export interface AuthorizeDeps {
  readonly rules: Pick<AuthorizationRules, 'readNew'>
  readonly takeStep: TakeStep
  readonly issueCode: IssueCode
  readonly flows: {
    begin(flow: {
      handleHash: Buffer
      browserHash: Buffer
      clientId: ClientId
      parameters: OAuthParameters
      ttlSeconds: number
    }): Promise<void>
  }
  /** 256 random bits as text. */
  readonly createToken: () => string
  readonly issuer: string
}

export interface AuthorizeInput {
  /** Each parameter with all its values. */
  readonly lists: OAuthParameters
  /** Raw cookie of the browser session. */
  readonly rawSession: string | undefined
  /** Raw cookie of the browser, which gets one where it has none. */
  readonly ensureBrowser: () => string
  readonly ipAddress: string
}

export type AuthorizeResult =
  | { readonly outcome: 'respond'; readonly response: AuthorizationResponse }
  /** A page has to ask the user; the handle names the request that waits. */
  | {
      readonly outcome: 'sign_in' | 'step_up' | 'organization' | 'consent' | 'device'
      readonly handle: string
    }
  | { readonly outcome: 'undecided' }

/** @throws OAuthError what no client may be told by redirect */
export const createAuthorize =
  ({ rules, takeStep, issueCode, flows, createToken, issuer }: AuthorizeDeps) =>
  async ({ lists, rawSession, ensureBrowser, ipAddress }: AuthorizeInput): Promise<AuthorizeResult> => {
    const read = await rules.readNew(lists)
    if (read.outcome === 'refused')
      return { outcome: 'respond', response: errorResponse(read.target, issuer, read.error) }
    const { request } = read
    const step = await takeStep({ request, rawSession })
    if (step.next === 'respond') return { outcome: 'respond', response: step.response }
    if (step.next === 'undecided') return { outcome: 'undecided' }
    if (step.next === 'go_on') {
      const response = await issueCode({ ...step, request, ipAddress })
      return { outcome: 'respond', response }
    }
    const handle = createToken()
    await flows.begin({
      handleHash: hashSecret(handle),
      browserHash: hashSecret(ensureBrowser()),
      clientId: request.client.id,
      parameters: request.parameters,
      ttlSeconds: flowTtlSeconds,
    })
    return { outcome: step.next, handle }
  }

export type Authorize = ReturnType<typeof createAuthorize>
