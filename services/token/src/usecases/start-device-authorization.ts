/** A device asks to be let in: it gets a code of its own to poll with, and one to show. @see RFC 8628 §3.1, §3.2 */
import type { KeyObject } from 'node:crypto'
import { formatScope, OAuthError } from '@latchkey/oauth'
import { checkDpopJkt } from '../authorize/check-dpop-jkt.ts'
import { checkOrganization } from '../authorize/check-organization.ts'
import { checkResources } from '../authorize/check-resources.ts'
import { checkScope } from '../authorize/check-scope.ts'
import type { ClientRequest } from '../client-authentication/index.ts'
import { type NewDeviceAuthorization, pollIntervalSeconds } from '../domain/device-authorization.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { Scope } from '../domain/scope.ts'
import { drawUserCode, hashUserCode } from '../domain/user-code.ts'
import type { AuthenticateClient } from './authenticate-client.ts'

export interface StartDeviceAuthorizationDeps {
  readonly authenticateClient: AuthenticateClient
  /** The active ones. */
  readonly findScopes: () => Promise<readonly Scope[]>
  readonly devices: {
    /** False where another device has that user code. */
    start(device: NewDeviceAuthorization): Promise<boolean>
  }
  readonly userCodeKey: KeyObject
  readonly ttlSeconds: number
  /** 256 random bits as text. */
  readonly createToken: () => string
  readonly randomInt: (max: number) => number
}

export interface StartedDevice {
  readonly deviceCode: string
  readonly userCode: string
  readonly expiresInSeconds: number
  readonly intervalSeconds: number
}

// Of 20^8 codes, some thousand are in use: a second draw is rare, and a third says that something is wrong.
const mostDraws = 5

/** @throws OAuthError */
export const createStartDeviceAuthorization = (deps: StartDeviceAuthorizationDeps) => {
  const { authenticateClient, findScopes, devices, userCodeKey, ttlSeconds, createToken, randomInt } = deps

  return async (request: ClientRequest): Promise<StartedDevice> => {
    const { parameters } = request
    const client = await authenticateClient(request)
    if (!client.metadata.grantTypes.includes('urn:ietf:params:oauth:grant-type:device_code')) {
      throw new OAuthError(
        'unauthorized_client',
        'The client is not registered for the grant type urn:ietf:params:oauth:grant-type:device_code',
      )
    }
    const input = { client, parameters }
    const scopes = await checkScope(input, { findScopes })
    const asked = {
      clientId: client.id,
      scope: formatScope(scopes),
      organization: checkOrganization(input, scopes),
      resources: checkResources(input),
      dpopJkt: checkDpopJkt(input),
    }
    const deviceCode = createToken()
    for (let draw = 0; draw < mostDraws; draw += 1) {
      const userCode = drawUserCode(randomInt)
      const hashes = {
        deviceCodeHash: hashSecret(deviceCode),
        userCodeHash: hashUserCode(userCodeKey, userCode),
      }
      const started = await devices.start({
        ...asked,
        ...hashes,
        ttlSeconds,
        intervalSeconds: pollIntervalSeconds,
      })
      if (!started) continue
      return { deviceCode, userCode, expiresInSeconds: ttlSeconds, intervalSeconds: pollIntervalSeconds }
    }
    throw new Error('No user code is free')
  }
}

export type StartDeviceAuthorization = ReturnType<typeof createStartDeviceAuthorization>
