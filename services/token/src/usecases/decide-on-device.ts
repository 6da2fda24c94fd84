/** Whoever is signed in lets a device in, or does not. The flow is used up, and the device decided on, once. @see RFC 8628 §3.3 */
import { parseScope } from '@latchkey/oauth'
import { type Authority, organizationScope } from '../domain/authority.ts'
import type { AuthorizationFlow } from '../domain/authorization-flow.ts'
import type { Grant } from '../domain/grant.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { OrganizationId, UserId } from '../domain/ids.ts'
import { chooseOrganization } from '../domain/organization-choice.ts'
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

  /** A device asks for no organization: it acts in the user's only one, or in none. */
  const findOrganization = async (
    scopes: readonly string[],
    subject: UserId,
  ): Promise<OrganizationId | undefined> => {
    if (!scopes.includes(organizationScope)) return undefined
    const choice = chooseOrganization((await subjects.find(subject))?.organizations ?? [], undefined)
    return choice.outcome === 'chosen' ? choice.membership?.id : undefined
  }

  return async ({ isAllowed, ...input }: DecideOnDeviceInput): Promise<DecidedOnDevice> => {
    const opened = await openDeviceFlow(input)
    if (opened.outcome !== 'open') return opened
    const key = { handleHash: hashSecret(input.handle), browserHash: hashSecret(input.rawBrowser) }
    if ((await flows.use(key)) === undefined) return { outcome: 'gone' }
    const { device, session } = opened
    const scopes = parseScope(device.scope)
    const organizationId = await findOrganization(scopes, session.subject)
    const granted = { ...device, scopes, organizationId }
    const decided = isAllowed
      ? await devices.approve(device.deviceCodeHash, grantOfSession(session, granted, now()), session.endsAt)
      : await devices.deny(device.deviceCodeHash)
    if (!decided) return { outcome: 'gone' }
    return { outcome: isAllowed ? 'allowed' : 'denied' }
  }
}

export type DecideOnDevice = ReturnType<typeof createDecideOnDevice>
