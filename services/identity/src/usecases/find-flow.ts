/** What waits in a browser for a sign-in there: the request of an application, or an invitation of ours. */
import type { WaitingFlow } from '../domain/waiting-flow.ts'
import { isWaitingInvitation } from '../domain/waiting-invitation.ts'

/** Undefined for what is over, or another browser's. */
export type FindFlow = (handle: string, rawBrowser: string) => Promise<WaitingFlow | undefined>

export interface FindFlowDeps {
  readonly findRequest: FindFlow
  readonly findInvitation: FindFlow
}

export const createFindFlow =
  ({ findRequest, findInvitation }: FindFlowDeps): FindFlow =>
  (handle, rawBrowser) =>
    isWaitingInvitation(handle) ? findInvitation(handle, rawBrowser) : findRequest(handle, rawBrowser)
