/** Whoever is signed in lets a device in, or does not. The flow is used up, and the device decided on, once. @see RFC 8628 §3.3 */
import { parseScope } from '@latchkey/oauth'
import type { Authority } from '../domain/authority.ts'
import type { AuthorizationFlow } from '../domain/authorization-flow.ts'
import { organizationOfDevice } from '../domain/device-authorization.ts'
import type { Grant } from '../domain/grant.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { UserId } from '../domain/ids.ts'
import { grantOfSession } from '../domain/session-grant.ts'
import type {
  OpenDeviceFlow,
  OpenDeviceFlowInput,
  OpenDeviceFlowOfBrowser,
  OpenedDeviceFlow,
} from './open-device-flow.ts'

export interface DecideOnDeviceInput extends OpenDeviceFlowInput {
  readonly rawBrowser: string
  readonly isAllowed: boolean
}

export type DecidedOnDevice =
  | { readonly outcome: 'allowed' | 'denied' }
  | Exclude<OpenedDeviceFlow, OpenDeviceFlow>

export interface DecideOnDeviceDeps {
  readonly openDeviceFlow: OpenDeviceFlowOfBrowser
  readonly flows: {
    use(key: { handleHash: Buffer; browserHash: Buffer }): Promise<AuthorizationFlow | undefined>
  }
  readonly devices: {
    /** False where it is over, or somebody has decided before. */
    approve(deviceCodeHash: Buffer, grant: Grant, sessionEndsAt: Date): Promise<boolean>
    deny(deviceCodeHash: Buffer): Promise<boolean>
  }
  /** Undefined for an unknown or deleted one. */
  readonly subjects: { find(userId: UserId): Promise<Authority | undefined> }
  readonly now: () => Date
}

export const createDecideOnDevice = (deps: DecideOnDeviceDeps) => {
  const { openDeviceFlow, flows, devices, subjects, now } = deps

  /** Undefined where the user is no member of what the device asks for: nobody can let it in for them. */
  const findGrant = async ({ device, session }: OpenDeviceFlow): Promise<Grant | undefined> => {
    const choice = organizationOfDevice(device, (await subjects.find(session.subject))?.organizations ?? [])
    if (choice.outcome === 'not_a_member') return undefined
    const granted = { ...device, scopes: parseScope(device.scope), organizationId: choice.membership?.id }
    return grantOfSession(session, granted, now())
  }

  return async ({ isAllowed, ...input }: DecideOnDeviceInput): Promise<DecidedOnDevice> => {
    const opened = await openDeviceFlow(input)
    if (opened.outcome !== 'open') return opened
    const key = { handleHash: hashSecret(input.handle), browserHash: hashSecret(input.rawBrowser) }
    if ((await flows.use(key)) === undefined) return { outcome: 'gone' }
    const { device, session } = opened
    const grant = isAllowed ? await findGrant(opened) : undefined
    const decided =
      grant === undefined
        ? await devices.deny(device.deviceCodeHash)
        : await devices.approve(device.deviceCodeHash, grant, session.endsAt)
    if (!decided) return { outcome: 'gone' }
    return { outcome: grant === undefined ? 'denied' : 'allowed' }
  }
}

export type DecideOnDevice = ReturnType<typeof createDecideOnDevice>
