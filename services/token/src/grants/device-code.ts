/** `urn:ietf:params:oauth:grant-type:device_code`. @see RFC 8628 §3.4 */
import { getParameter, listParameter } from '@latchkey/oauth'
import type { RedeemDeviceCode } from '../usecases/redeem-device-code.ts'
import type { AnswerGrant } from './token-request.ts'

export interface DeviceCodeDeps {
  readonly redeemDeviceCode: RedeemDeviceCode
}

export const createDeviceCode =
  ({ redeemDeviceCode }: DeviceCodeDeps): AnswerGrant =>
  ({ client, parameters, dpopJkt }) =>
    redeemDeviceCode({
      client,
      deviceCode: getParameter(parameters, 'device_code'),
      resources: listParameter(parameters, 'resource'),
      dpopJkt,
    })
