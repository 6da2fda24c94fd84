/**
 * What the ways in (sign in, register, forgotten password) have in common: the authorization request or the invitation that
 * may wait for them, the proof that their form is ours, and where they lead in the end.
 */
import { type Request, type Response, requestIp } from '@latchkey/runtime/http'
import type { Problem } from '@latchkey/runtime/problem'
import type { BrowserBinding, Locale, Ui } from '@latchkey/ui'
import { fill, flowNotFound, type Html, html } from '@latchkey/ui'
import { z } from 'zod'
import type { SecondFactorDemand } from '../../admission/demand-second-factor.ts'
import { hashBrowser } from '../../domain/email-proof.ts'
import type { EmailProofId } from '../../domain/ids.ts'
import type { BrowserSession } from '../../domain/sign-in.ts'
import type { User } from '../../domain/user.ts'
import type { WaitingFlow } from '../../domain/waiting-flow.ts'
import { isWaitingInvitation } from '../../domain/waiting-invitation.ts'
import type { FindFlow } from '../../usecases/find-flow.ts'
import type { RequestVerification } from '../../usecases/request-verification.ts'
import type { RequestDevice } from '../device.ts'
import { organizationRefusals } from '../organization-refusals.ts'
import { formHandle } from './form-fields.ts'
import { type Words, wordsOf } from './words.ts'

export interface EntranceDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly findFlow: FindFlow
  readonly requestVerification: RequestVerification
  readonly now: () => Date
}

/** One person at one of the pages. */
export interface Visit {
  readonly locale: Locale
  readonly words: Words
  /** The handle in the URL; undefined for somebody who came by themselves. */
  readonly handle: string | undefined
  readonly flow: WaitingFlow | undefined
  /** Hidden fields of the page's form. */
  readonly hidden: Readonly<Record<string, string | undefined>>
  readonly formAction: readonly string[]
  /** That something of ours, such as a link, is of this browser and for one purpose. */
  readonly proofFor: (purpose: string) => string
}

/** What each of these pages has in its query. */
export const entranceQuery = z.object({ flow: formHandle() })
/** What each of their forms has hidden. */
export const entranceFields = { csrf: formHandle(), flow: formHandle() }

/** Whom an invitation has led here has no application to go back to. */
const over = (flowHandle: string): Problem =>
  isWaitingInvitation(flowHandle) ? organizationRefusals.invalid_invitation() : flowNotFound()

export const createEntrance = ({ ui, browser, findFlow, requestVerification, now }: EntranceDeps) => {
  const find = async (
    flowHandle: string,
    rawBrowser: string | undefined,
  ): Promise<WaitingFlow | undefined> => {
    if (flowHandle === '') return undefined
    const flow = rawBrowser === undefined ? undefined : await findFlow(flowHandle, rawBrowser)
    if (flow === undefined) throw over(flowHandle)
    return flow
  }

  const visitOf = (
    req: Request,
    rawBrowser: string,
    flow: WaitingFlow | undefined,
    { flow: flowHandle, csrf }: { readonly flow: string; readonly csrf: string },
  ): Visit => {
    const locale = ui.localeOf(req, flow?.uiLocales)
    const known = flowHandle === '' ? undefined : flowHandle
    return {
      locale,
      words: wordsOf(locale),
      handle: known,
      flow,
      hidden: { csrf, flow: known },
      formAction: flow?.formAction === undefined ? [] : [flow.formAction],
      proofFor: purpose => browser.csrfToken(purpose, rawBrowser),
    }
  }

  /** Where a sign-in leads: to what waits for it, by its handle alone, and else to the account. */
  const onward = ({ handle, flow }: Visit): string => {
    if (flow === undefined) return ui.link('/account')
    return ui.link(flow.kind === 'request' ? '/oauth/resume' : '/invitations/accept', { flow: handle })
  }

  return {
    onward,

    /** For GET. @throws Problem 400 `FLOW_NOT_FOUND`, `INVALID_INVITATION` where what waits is over, or another browser's */
    open: async (req: Request, res: Response, page: string, flowHandle: string): Promise<Visit> => {
      const flow = await find(flowHandle, browser.read(req))
      const rawBrowser = browser.ensure(req, res)
      const csrf = browser.csrfToken(`${page}:${flowHandle}`, rawBrowser)
      return visitOf(req, rawBrowser, flow, { flow: flowHandle, csrf })
    },

    /** For POST: a form is of one browser, one page and one request. @throws Problem 403 `FORM_EXPIRED`, and as above */
    receive: async (
      req: Request,
      page: string,
      form: { readonly csrf: string; readonly flow: string },
    ): Promise<Visit> => {
      const rawBrowser = browser.verifyForm(req, `${page}:${form.flow}`, form.csrf)
      return visitOf(req, rawBrowser, await find(form.flow, rawBrowser), form)
    },

    /** Whose request waits, below the heading. */
    purposeOf: ({ flow, words }: Visit): Html | undefined =>
      flow && html`<p class="quiet">${fill(words.toContinue, { destination: flow.destinationName })}</p>`,

    link: (path: `/${string}`, visit: Visit): string => ui.link(path, { flow: visit.handle }),

    /** For who has an account: a client that asks for a new one would lead them back to registration. */
    loginLink: ({ handle, flow }: Visit): string =>
      ui.link('/login', { flow: handle, account: flow?.promptsCreation === true ? 'existing' : undefined }),

    /** The first factor is proven: the second is asked for on a page of its own, in this browser. */
    askSecondFactor: (
      res: Response,
      visit: Visit,
      demand: Pick<SecondFactorDemand, 'outcome' | 'rawChallenge'>,
      { remember }: Pick<RequestDevice, 'remember'>,
    ) => {
      // The challenge is bound to the device, so a browser that is new here has to know from now on which one it is.
      remember(res)
      const page = demand.outcome === 'second_factor_required' ? '/mfa' : '/mfa/enrol'
      res.redirect(303, ui.link(page, { challenge: demand.rawChallenge, flow: visit.handle }))
    },

    /** Who has proven who they are verifies their address first: on to the code of a mail, which goes if none is open. */
    askVerification: async (req: Request, res: Response, visit: Visit, user: User): Promise<void> => {
      const request = await requestVerification({
        emailKey: user.emailKey,
        browserHash: hashBrowser(browser.ensure(req, res)),
        locale: visit.locale,
        askedFrom: requestIp(req),
        unlessOpen: true,
      })
      res.redirect(303, ui.link('/verify-email', { request, flow: visit.handle }))
    },

    /** On to the page where the code of a mail is typed. */
    askProof: (res: Response, visit: Visit, request: EmailProofId): void =>
      res.redirect(303, ui.link('/verify-email', { request, flow: visit.handle })),

    /** Signed in: the browser's cookie is a new one, and the way leads on with 303 (draft OAuth 2.1 §7.5.3). */
    letIn: (
      res: Response,
      visit: Visit,
      session: BrowserSession,
      { rememberMe }: { rememberMe: boolean },
    ) => {
      const secondsLeft = Math.floor((session.endsAt.getTime() - now().getTime()) / 1_000)
      // Otherwise it ends with the browser.
      browser.setSession(res, session.rawToken, rememberMe ? secondsLeft : undefined)
      res.redirect(303, onward(visit))
    },
  }
}

export type Entrance = ReturnType<typeof createEntrance>
