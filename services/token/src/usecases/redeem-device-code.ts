/**
 * A device asks whether it has been let in, and gets the first tokens of its grant, once. A device code that comes again
 * after that ends what was issued: somebody else has it too.
 *
 * @see RFC 8628 §3.4, §3.5
 */
import { OAuthError, type OAuthErrorCode } from '@latchkey/oauth'
import type { Logger } from '@latchkey/runtime/logger'
import type { Client } from '../domain/client.ts'
import { narrowResources } from '../domain/client-resources.ts'
import type { DevicePoll } from '../domain/device-authorization.ts'
import { checkGrantKey } from '../domain/dpop-binding.ts'
import type { Grant } from '../domain/grant.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { ClientId } from '../domain/ids.ts'
import type { IssuedTokens } from '../grants/token-request.ts'
import type { IssueGrantTokens } from './issue-grant-tokens.ts'

export interface RedeemDeviceCodeInput {
  readonly client: Client
  /** Raw. */
  readonly deviceCode: string
  readonly resources: readonly string[]
  readonly dpopJkt?: string | undefined
}

export interface RedeemDeviceCodeDeps {
  readonly devices: {
    /** One poll, which counts: of any number of parallel ones, one redeems. */
    poll(deviceCodeHash: Buffer, clientId: ClientId): Promise<DevicePoll>
  }
  readonly grantRevocations: {
    /** Ends a grant whose family may be about to begin. */
    revokeEarly(grant: Grant, reason: string): Promise<void>
  }
  readonly checkSession: (subject: { sessionId: string }) => Promise<'live' | 'revoked' | 'undecided'>
  readonly issueGrantTokens: IssueGrantTokens
  /** @throws NoSigningKeyError, before a device code is used up for nothing */
  readonly assertSigningKey: () => void
  readonly logger: Pick<Logger, 'warn'>
}

const refusals = {
  pending: ['authorization_pending', 'Nobody has let the device in yet'],
  slow_down: ['slow_down', 'The device asks too often: wait 5 seconds more between two requests'],
  denied: ['access_denied', 'The user did not allow it'],
  expired: ['expired_token', 'The device code has expired: start again'],
  used: ['invalid_grant', 'Device code expired or already used'],
  unknown: ['invalid_grant', 'Device code expired or already used'],
} as const satisfies Record<Exclude<DevicePoll['outcome'], 'redeemed'>, readonly [OAuthErrorCode, string]>

const refuse = (outcome: keyof typeof refusals) => {
  const [error, description] = refusals[outcome]
  return new OAuthError(error, description)
}

/** @throws OAuthError, NoSigningKeyError */
export const createRedeemDeviceCode = (deps: RedeemDeviceCodeDeps) => {
  const poll = async ({ client, deviceCode }: RedeemDeviceCodeInput): Promise<Grant> => {
    const polled = await deps.devices.poll(hashSecret(deviceCode), client.id)
    if (polled.outcome === 'redeemed') return polled.grant
    if (polled.outcome === 'used') {
      const { grant } = polled
      await deps.grantRevocations.revokeEarly(grant, 'device_code_reused')
      const about = { client_id: client.id, grant_id: grant.id, session_id: grant.sessionId }
      deps.logger.warn(about, 'a device code was used again')
    }
    throw refuse(polled.outcome)
  }

  return async (input: RedeemDeviceCodeInput): Promise<IssuedTokens> => {
    deps.assertSigningKey()
    const grant = await poll(input)
    checkGrantKey(grant.dpopJkt, input.dpopJkt)
    const resources = narrowResources(grant.resources, input.resources)
    // One that nobody can tell about goes on: its tokens are looked at again wherever they are used.
    if ((await deps.checkSession({ sessionId: grant.sessionId })) === 'revoked') throw refuse('denied')
    const { client, dpopJkt } = input
    return deps.issueGrantTokens({ client, grant, resources, dpopJkt })
  }
}

export type RedeemDeviceCode = ReturnType<typeof createRedeemDeviceCode>
