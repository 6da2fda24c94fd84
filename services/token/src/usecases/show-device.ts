/** What somebody is asked before they let a device in: which client, with which code, and what for. @see RFC 8628 §5.4 */
import { parseScope } from '@latchkey/oauth'
import type { Membership } from '../domain/authority.ts'
import { organizationOfDevice } from '../domain/device-authorization.ts'
import type { UserId } from '../domain/ids.ts'
import type { Scope } from '../domain/scope.ts'
import type {
  OpenDeviceFlow,
  OpenDeviceFlowInput,
  OpenDeviceFlowOfBrowser,
  OpenedDeviceFlow,
} from './open-device-flow.ts'

export interface ShowDeviceDeps {
  readonly openDeviceFlow: OpenDeviceFlowOfBrowser
  /** The active ones. */
  readonly findScopes: () => Promise<readonly Scope[]>
  readonly subjects: {
    /** Undefined for an unknown or deleted one. */
    find(
      userId: UserId,
    ): Promise<{ readonly email: string; readonly organizations: readonly Membership[] } | undefined>
  }
}

export type ShownDevice =
  | {
      readonly outcome: 'ask'
      readonly clientName: string
      readonly userCode: string
      /** Whose account it is, as they know it. */
      readonly email: string | undefined
      readonly scopes: readonly Scope[]
      /** The one that they would act in; `not_a_member`: they can only deny. */
      readonly organization: Membership | 'not_a_member' | undefined
    }
  | Exclude<OpenedDeviceFlow, OpenDeviceFlow>

export const createShowDevice =
  ({ openDeviceFlow, findScopes, subjects }: ShowDeviceDeps) =>
  async (input: OpenDeviceFlowInput): Promise<ShownDevice> => {
    const opened = await openDeviceFlow(input)
    if (opened.outcome !== 'open') return opened
    const { userCode, client, device, session } = opened
    const [known, subject] = await Promise.all([findScopes(), subjects.find(session.subject)])
    const asked = parseScope(device.scope)
    const choice = organizationOfDevice(device, subject?.organizations ?? [])
    return {
      outcome: 'ask',
      clientName: client.name,
      userCode,
      email: subject?.email,
      scopes: known.filter(({ name }) => asked.includes(name)),
      organization: choice.outcome === 'chosen' ? choice.membership : choice.outcome,
    }
  }

export type ShowDevice = ReturnType<typeof createShowDevice>
