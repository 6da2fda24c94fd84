/** GET/POST /oauth/device. A code in the URL only fills the field in: nothing happens on GET. @see RFC 8628 §3.3, §3.3.1 */
import {
  type Request,
  type Response,
  type Route,
  readForm,
  readQuery,
  requestIp,
} from '@latchkey/runtime/http'
import { Problem, unavailable } from '@latchkey/runtime/problem'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { DecideOnDevice } from '../usecases/decide-on-device.ts'
import type { LookUpUserCode } from '../usecases/look-up-user-code.ts'
import type { ShowDevice } from '../usecases/show-device.ts'
import { confirmDevicePage, decidedPage, type EnterCodePage, enterCodePage } from './pages/device-pages.ts'

export interface DevicePagesDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly lookUpUserCode: LookUpUserCode
  readonly showDevice: ShowDevice
  readonly decideOnDevice: DecideOnDevice
}

const path = '/oauth/device'

const query = z.object({
  flow: z.string().optional(),
  user_code: z.string().optional(),
  result: z.enum(['allowed', 'denied']).optional().catch(undefined),
})

const body = z.object({
  csrf: z.string().default(''),
  flow: z.string().optional(),
  decision: z.enum(['allow', 'deny']).optional(),
  user_code: z.string().default(''),
})

const tooManyGuesses = (retryAfterSeconds: number) =>
  new Problem({
    status: 429,
    code: 'TOO_MANY_USER_CODES',
    detail: 'Too many wrong codes were tried',
    headers: { 'Retry-After': String(retryAfterSeconds) },
  })

/**
 * What a form of these pages is for: one of the code does not decide, and one of a flow decides on no other, nor for
 * whoever has signed in since: the page has named the account that the device is connected to.
 */
const purposeOf = (handle: string | undefined, rawSession: string | undefined) =>
  handle === undefined ? 'device' : `device:${handle}:${rawSession ?? ''}`

export const createDevicePages = (deps: DevicePagesDeps): readonly Route[] => {
  const { ui, browser, lookUpUserCode, showDevice, decideOnDevice } = deps
  const action = ui.link(path)

  const sendEnterCode = (
    req: Request,
    res: Response,
    page: Pick<EnterCodePage, 'typed' | 'mistake'>,
    status = 200,
  ) => {
    const csrf = browser.csrfToken(purposeOf(undefined, undefined), browser.ensure(req, res))
    ui.sendPage(res, { status, ...enterCodePage({ locale: ui.localeOf(req), action, csrf, ...page }) })
  }

  /** Whatever a flow is at, short of being open. */
  const sendElsewhere = (
    req: Request,
    res: Response,
    outcome: 'gone' | 'sign_in' | 'step_up' | 'undecided',
    handle: string,
  ): void => {
    if (outcome === 'undecided') throw unavailable('Sessions can’t be checked at the moment', 2)
    if (outcome === 'sign_in') res.redirect(303, ui.link('/login', { flow: handle }))
    else if (outcome === 'step_up') res.redirect(303, ui.link('/mfa/step-up', { flow: handle }))
    else sendEnterCode(req, res, { mistake: 'gone' }, 410)
  }

  const ask = async (req: Request, res: Response, handle: string): Promise<void> => {
    const [rawBrowser, rawSession] = [browser.read(req), browser.readSession(req)]
    const shown = await showDevice({ handle, rawBrowser, rawSession })
    if (shown.outcome !== 'ask') return sendElsewhere(req, res, shown.outcome, handle)
    const csrf = browser.csrfToken(purposeOf(handle, rawSession), rawBrowser ?? '')
    ui.sendPage(res, confirmDevicePage({ ...shown, locale: ui.localeOf(req), action, csrf, handle }))
  }

  const lookUp = async (req: Request, res: Response, typed: string, rawBrowser: string): Promise<void> => {
    const rawSession = browser.readSession(req)
    const found = await lookUpUserCode({ typed, ipAddress: requestIp(req), rawBrowser, rawSession })
    if (found.outcome === 'refused') throw tooManyGuesses(found.retryAfterSeconds)
    if (found.outcome === 'unknown') return sendEnterCode(req, res, { typed, mistake: 'unknownCode' }, 400)
    res.redirect(303, ui.link(path, { flow: found.handle }))
  }

  return [
    {
      method: 'GET',
      path,
      handler: async (req, res) => {
        const { flow, user_code: typed, result } = readQuery(req, query)
        if (flow !== undefined) await ask(req, res, flow)
        else if (result !== undefined) ui.sendPage(res, decidedPage(ui.localeOf(req), result))
        else sendEnterCode(req, res, { typed })
      },
    },
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const { csrf, flow: handle, decision, user_code: typed } = await readForm(req, body)
        const rawSession = browser.readSession(req)
        const rawBrowser = browser.verifyForm(req, purposeOf(handle, rawSession), csrf)
        if (handle === undefined) return lookUp(req, res, typed, rawBrowser)
        const decided = await decideOnDevice({
          handle,
          rawBrowser,
          rawSession,
          isAllowed: decision === 'allow',
        })
        if (decided.outcome === 'allowed' || decided.outcome === 'denied') {
          res.redirect(303, ui.link(path, { result: decided.outcome }))
        } else sendElsewhere(req, res, decided.outcome, handle)
      },
    },
  ]
}
