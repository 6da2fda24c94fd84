/** A request that has waited for its user to sign in goes on. It ends once, however often its address is opened. */
import { errorResponse } from '../authorize/response.ts'
import type { AuthorizationFlow } from '../domain/authorization-flow.ts'
import type { AuthorizeResult } from './authorize.ts'
import type { IssueCode } from './issue-code.ts'
import { type FlowCookies, type FlowKey, flowIsOver, type ReadFlow } from './read-flow.ts'
import type { TakeStep } from './take-step.ts'

export interface ResumeAuthorizationDeps {
  readonly readFlow: ReadFlow
  readonly takeStep: TakeStep
  readonly issueCode: IssueCode
  readonly flows: {
    /** For the last time: of any number of parallel uses, one gets it. */
    use(key: FlowKey): Promise<AuthorizationFlow | undefined>
  }
  readonly issuer: string
}

export interface ResumeInput extends FlowCookies {
  readonly ipAddress: string
  /** The user was asked for more than their session proves, and has no more. */
  readonly hasGivenUp?: boolean
}

/** @throws OAuthError what no client may be told by redirect; where there is no such flow in this browser */
export const createResumeAuthorization =
  ({ readFlow, takeStep, issueCode, flows, issuer }: ResumeAuthorizationDeps) =>
  async (input: ResumeInput): Promise<AuthorizeResult> => {
    const { handle, rawSession, ipAddress, hasGivenUp = false } = input
    const waiting = await readFlow(input)
    if (waiting.outcome === 'device') return { outcome: 'device', handle }
    const end = async () => {
      if ((await flows.use(waiting.key)) === undefined) throw flowIsOver()
    }
    if (waiting.outcome === 'refused') {
      await end()
      return { outcome: 'respond', response: errorResponse(waiting.target, issuer, waiting.error) }
    }
    const { request, waitsSince } = waiting
    const step = await takeStep({ request, rawSession, waitsSince, hasGivenUp })
    switch (step.next) {
      case 'respond':
        await end()
        return { outcome: 'respond', response: step.response }
      case 'go_on':
        await end()
        return {
          outcome: 'respond',
          response: await issueCode({ ...step, request, ipAddress }),
        }
      case 'undecided':
        return { outcome: 'undecided' }
      default:
        return { outcome: step.next, handle }
    }
  }

export type ResumeAuthorization = ReturnType<typeof createResumeAuthorization>
