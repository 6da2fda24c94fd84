/** What stands behind the flow of a user code: the device, its client, and who is to decide. @see RFC 8628 §3.3 */
import type { KeyObject } from 'node:crypto'
import { acrOf, reaches, secondFactorAcr } from '../domain/acr.ts'
import type { AuthorizationFlow } from '../domain/authorization-flow.ts'
import type { BrowserSession } from '../domain/browser-session.ts'
import type { Client } from '../domain/client.ts'
import type { PendingDevice } from '../domain/device-authorization.ts'
import { findUserCode } from '../domain/device-flow.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import { hashUserCode } from '../domain/user-code.ts'
import type { FindBrowserSession } from './find-browser-session.ts'

export interface OpenDeviceFlowInput {
  readonly handle: string
  readonly rawBrowser: string | undefined
  readonly rawSession: string | undefined
}

export interface OpenDeviceFlow {
  readonly outcome: 'open'
  readonly userCode: string
  readonly device: PendingDevice
  readonly client: Client
  readonly session: BrowserSession
}

export type OpenedDeviceFlow =
  | OpenDeviceFlow
  /** Another browser's, used, over, or somebody has decided on the device before. */
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'sign_in' }
  /** The client's users must have proven a second factor, and this one has not. */
  | { readonly outcome: 'step_up' }
  /** Nobody can say now whether the session lives; answer 503. */
  | { readonly outcome: 'undecided' }

export interface OpenDeviceFlowDeps {
  readonly flows: {
    find(key: { handleHash: Buffer; browserHash: Buffer }): Promise<AuthorizationFlow | undefined>
  }
  readonly devices: { findByUserCode(hashes: readonly Buffer[]): Promise<PendingDevice | undefined> }
  readonly clients: { find(id: string): Promise<Client | undefined> }
  readonly findBrowserSession: FindBrowserSession
  readonly userCodeKeys: readonly KeyObject[]
}

export const createOpenDeviceFlow = (deps: OpenDeviceFlowDeps) => {
  const { flows, devices, clients, findBrowserSession, userCodeKeys } = deps

  const findFlow = async (handle: string, rawBrowser: string | undefined) =>
    rawBrowser === undefined
      ? undefined
      : flows.find({ handleHash: hashSecret(handle), browserHash: hashSecret(rawBrowser) })

  return async ({ handle, rawBrowser, rawSession }: OpenDeviceFlowInput): Promise<OpenedDeviceFlow> => {
    const flow = await findFlow(handle, rawBrowser)
    const userCode = flow && findUserCode(handle, flow.parameters)
    if (userCode === undefined) return { outcome: 'gone' }
    const device = await devices.findByUserCode(userCodeKeys.map(key => hashUserCode(key, userCode)))
    const client = device && (await clients.find(device.clientId))
    if (device === undefined || client === undefined || !client.isActive) return { outcome: 'gone' }
    const found = await findBrowserSession(rawSession)
    if (found.outcome === 'undecided') return { outcome: 'undecided' }
    if (found.outcome === 'nobody') return { outcome: 'sign_in' }
    const { session } = found
    const acr = acrOf(session.authenticationMethods)
    if (client.metadata.requireMfa && !reaches(acr, secondFactorAcr)) return { outcome: 'step_up' }
    return { outcome: 'open', userCode, device, client, session }
  }
}

export type OpenDeviceFlowOfBrowser = ReturnType<typeof createOpenDeviceFlow>
