/** POST /oauth/device_authorization. @see RFC 8628 §3.1, §3.2 */
import type { Route } from '@latchkey/runtime/http'
import { showUserCode } from '../domain/user-code.ts'
import type { StartDeviceAuthorization } from '../usecases/start-device-authorization.ts'
import { readClientRequest } from './client-request.ts'

export interface DeviceAuthorizationDeps {
  readonly publicUrl: string
  readonly startDeviceAuthorization: StartDeviceAuthorization
}

export const createDeviceAuthorizationRoutes = (deps: DeviceAuthorizationDeps): readonly Route[] => {
  const verificationUri = `${deps.publicUrl}/oauth/device`
  return [
    {
      method: 'POST',
      path: '/oauth/device_authorization',
      handler: async (req, res) => {
        const device = await deps.startDeviceAuthorization(await readClientRequest(req))
        const userCode = showUserCode(device.userCode)
        res.set('Cache-Control', 'no-store').json({
          device_code: device.deviceCode,
          user_code: userCode,
          verification_uri: verificationUri,
          verification_uri_complete: `${verificationUri}?user_code=${userCode}`,
          expires_in: device.expiresInSeconds,
          interval: device.intervalSeconds,
        })
      },
    },
  ]
}
