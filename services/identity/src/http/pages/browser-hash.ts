/** Which browser asked for a mail: by the cookie that it has before anybody has signed in. Undefined where it has none. */
import type { Request } from '@latchkey/runtime/http'
import type { BrowserBinding } from '@latchkey/ui'
import { hashBrowser } from '../../domain/email-proof.ts'
import type { BrowserHash } from '../../domain/ids.ts'

export const browserHashOf = (
  browser: Pick<BrowserBinding, 'read'>,
  req: Request,
): BrowserHash | undefined => {
  const rawBrowser = browser.read(req)
  return rawBrowser === undefined ? undefined : hashBrowser(rawBrowser)
}
