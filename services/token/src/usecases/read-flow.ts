/** A request that waits, read anew: against its client, its user and the rules as they are now. */
import { OAuthError } from '@latchkey/oauth'
import type { AuthorizationRules, ReadRequest } from '../authorize/index.ts'
import type { AuthorizationFlow } from '../domain/authorization-flow.ts'
import { isDeviceFlow } from '../domain/device-flow.ts'
import { hashSecret } from '../domain/hash-secret.ts'

export interface FlowKey {
  readonly handleHash: Buffer
  readonly browserHash: Buffer
}

export interface FlowCookies {
  /** Raw handle of the URL. */
  readonly handle: string
  /** Raw cookies. */
  readonly rawBrowser: string | undefined
  readonly rawSession: string | undefined
}

export interface ReadFlowDeps {
  readonly rules: Pick<AuthorizationRules, 'readStored'>
  readonly flows: {
    /** Undefined for one that is unknown, over, used, or another browser's. */
    find(key: FlowKey): Promise<AuthorizationFlow | undefined>
  }
}

export type WaitingRequest =
  | (ReadRequest & { readonly key: FlowKey; readonly waitsSince: Date })
  /** No authorization request: somebody has typed the code of a device, and goes on there. */
  | { readonly outcome: 'device' }

/** What a flow's end says in the browser that has it in its history. */
export const flowIsOver = () =>
  new OAuthError(
    'invalid_request',
    'This sign-in was completed or took too long: start again at the application',
  )

/** @throws OAuthError where there is no such flow in this browser */
export const createReadFlow =
  ({ rules, flows }: ReadFlowDeps) =>
  async ({ handle, rawBrowser }: FlowCookies): Promise<WaitingRequest> => {
    if (rawBrowser === undefined) throw flowIsOver()
    const key = { handleHash: hashSecret(handle), browserHash: hashSecret(rawBrowser) }
    const flow = await flows.find(key)
    if (flow === undefined) throw flowIsOver()
    if (isDeviceFlow(flow.parameters)) return { outcome: 'device' }
    return { ...(await rules.readStored(flow.parameters)), key, waitsSince: flow.createdAt }
  }

export type ReadFlow = ReturnType<typeof createReadFlow>
