/** The browser that a request comes from, by its cookie. One without a cookie gets one when a sign-in succeeds. */
import { randomToken } from '@latchkey/runtime/crypto'
import type { Request, Response } from '@latchkey/runtime/http'
import { requestIp } from '@latchkey/runtime/http'
import { parseCookie, stringifySetCookie } from 'cookie'
import {
  deviceCookieMaxAgeSeconds,
  deviceCookieName,
  hashDeviceToken,
  isDeviceToken,
} from '../domain/device-cookie.ts'
import type { DeviceHash } from '../domain/ids.ts'
import type { Origin } from '../domain/sign-in.ts'

export interface RequestDevice {
  readonly origin: Origin
  /** Sets the cookie, or sets it again for another year. */
  readonly remember: (res: Response) => void
}

// Longer ones are no browser's; the session list shows them.
const longestUserAgent = 512

const rawDeviceTokenOf = (req: Request): string | undefined => {
  const value = parseCookie(req.headers.cookie ?? '')[deviceCookieName]
  return isDeviceToken(value) ? value : undefined
}

/** The device that the request names; undefined without a cookie. */
export const deviceHashOf = (req: Request): DeviceHash | undefined => {
  const raw = rawDeviceTokenOf(req)
  return raw === undefined ? undefined : hashDeviceToken(raw)
}

export const createReadDevice = ({ publicUrl }: { publicUrl: string }) => {
  const secure = publicUrl.startsWith('https:')
  return (req: Request): RequestDevice => {
    const raw = rawDeviceTokenOf(req) ?? randomToken()
    const cookie = stringifySetCookie({
      name: deviceCookieName,
      value: raw,
      maxAge: deviceCookieMaxAgeSeconds,
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure,
    })
    return {
      origin: {
        ipAddress: requestIp(req),
        userAgent: (req.headers['user-agent'] ?? '').slice(0, longestUserAgent),
        device: hashDeviceToken(raw),
      },
      remember: res => void res.append('Set-Cookie', cookie),
    }
  }
}

export type ReadDevice = ReturnType<typeof createReadDevice>
