/** The device of a request with the session that its browser has: whoever signs in by page takes that one's place. */
import type { Request } from '@latchkey/runtime/http'
import type { BrowserBinding } from '@latchkey/ui'
import type { Origin } from '../../domain/sign-in.ts'
import type { ReadDevice, RequestDevice } from '../device.ts'

export interface BrowserDevice extends RequestDevice {
  readonly origin: Origin & { readonly browserSession: string | undefined }
}

export const createReadBrowserDevice =
  ({ readDevice, browser }: { readDevice: ReadDevice; browser: Pick<BrowserBinding, 'readSession'> }) =>
  (req: Request): BrowserDevice => {
    const { origin, ...device } = readDevice(req)
    return { ...device, origin: { ...origin, browserSession: browser.readSession(req) } }
  }

export type ReadBrowserDevice = ReturnType<typeof createReadBrowserDevice>
