/** A device that waits for somebody to let it in, on another screen. @see RFC 8628 */
import { parseScope } from '@latchkey/oauth'
import { type Membership, organizationScope } from './authority.ts'
import type { Grant } from './grant.ts'
import type { ClientId } from './ids.ts'
import { chooseOrganization, type OrganizationChoice } from './organization-choice.ts'

/** What the device asked for. */
export interface DeviceRequest {
  readonly clientId: ClientId
  /** Space-separated, in the order in which it was asked for. */
  readonly scope: string
  /** RFC 8707. */
  readonly resources: readonly string[]
  /** RFC 7638 thumbprint of the DPoP key that its tokens are to be bound to. */
  readonly dpopJkt?: string | undefined
  /** Id or slug of the organization that the user is to act in. */
  readonly organization?: string | undefined
}

export interface NewDeviceAuthorization extends DeviceRequest {
  /** SHA-256 of the device code, which has 256 bits. */
  readonly deviceCodeHash: Buffer
  /** HMAC of the user code. */
  readonly userCodeHash: Buffer
  readonly ttlSeconds: number
  readonly intervalSeconds: number
}

/** One that a user can still decide on. */
export interface PendingDevice extends DeviceRequest {
  readonly deviceCodeHash: Buffer
}

/** What one poll of a device gets. @see RFC 8628 §3.5 */
export type DevicePoll =
  /** Once, whatever number of polls come at a time. */
  | { readonly outcome: 'redeemed'; readonly grant: Grant }
  /** The grant was handed out before: somebody else has the device code too. */
  | { readonly outcome: 'used'; readonly grant: Grant }
  | { readonly outcome: 'pending' | 'slow_down' | 'denied' | 'expired' | 'unknown' }

/** Who belongs to several, of which none was asked for, lets a device act in none: there is no page that asks. */
export const organizationOfDevice = (
  { scope, organization }: Pick<DeviceRequest, 'scope' | 'organization'>,
  memberships: readonly Membership[],
): Exclude<OrganizationChoice, { outcome: 'open' }> => {
  if (!parseScope(scope).includes(organizationScope)) return { outcome: 'chosen', membership: undefined }
  const choice = chooseOrganization(memberships, organization)
  return choice.outcome === 'open' ? { outcome: 'chosen', membership: undefined } : choice
}

/** How often a device may ask, in seconds. @see RFC 8628 §3.2 */
export const pollIntervalSeconds = 5

/** What `slow_down` adds to it. @see RFC 8628 §3.5 */
export const slowDownSeconds = 5
