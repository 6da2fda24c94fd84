/** A human check before the ways in, for people: which form shows one, and that a form comes back until it is met. */
import { type Request, type Response, requestIp } from '@latchkey/runtime/http'
import { retryAfter } from '@latchkey/runtime/problem'
import type { SentPage, Ui } from '@latchkey/ui'
import { z } from 'zod'
import { type HumanCheckWidget, humanCheckWidgetOf } from '../../domain/human-check-widget.ts'
import { HumanCheckUnavailable } from '../../errors.ts'
import { type DemandHumanCheck, type DemandHumanCheckDeps, longestHumanCheckToken } from '../human-check.ts'

export interface FormHumanChecksDeps extends DemandHumanCheckDeps {
  readonly ui: Pick<Ui, 'sendPage'>
  readonly demandHumanCheck: DemandHumanCheck
}

const formToken = z.string().max(longestHumanCheckToken).default('')

/** What a form may bring: the field that its widget adds, whichever provider's it is. */
export const humanCheckFields = {
  'cf-turnstile-response': formToken,
  'h-captcha-response': formToken,
  'g-recaptcha-response': formToken,
}

type HumanCheckFields = z.infer<z.ZodObject<typeof humanCheckFields>>

type HumanCheckProblem = 'required' | 'failed' | 'unavailable'

/** What has to be on a form that is shown, again or for the first time. */
export interface FormHumanCheck {
  readonly widget: HumanCheckWidget
  /** What became of the one that was sent. */
  readonly problem?: HumanCheckProblem
}

export type ReceivedHumanCheck =
  /** `humanCheck`: for the form, should something else bring it back; undefined where nothing is asked for. */
  | { readonly outcome: 'go_on'; readonly humanCheck: FormHumanCheck | undefined }
  /** The form is on its way back to its sender. */
  | { readonly outcome: 'sent_back' }

export const createFormHumanChecks = (deps: FormHumanChecksDeps) => {
  const { ui, requireHumanCheck, demandHumanCheck, siteKey, scriptUrl } = deps
  const widget =
    siteKey === undefined || scriptUrl === undefined ? undefined : humanCheckWidgetOf(scriptUrl, siteKey)

  return {
    /** For GET: what the form shows from the start where it will be asked for. */
    open: async (req: Request): Promise<FormHumanCheck | undefined> =>
      widget !== undefined && (await requireHumanCheck?.isDue(requestIp(req))) === true
        ? { widget }
        : undefined,

    /**
     * For POST, before anything else is done for the form; `formWith` is the form as it comes back.
     *
     * @throws Problem 403 where nothing is set up that a form could show: it waits until the guessing is over
     */
    receive: async (
      req: Request,
      res: Response,
      fields: HumanCheckFields,
      formWith: (humanCheck: FormHumanCheck, status: number) => SentPage,
    ): Promise<ReceivedHumanCheck> => {
      if (widget === undefined || requireHumanCheck === undefined) {
        await demandHumanCheck(req, undefined)
        return { outcome: 'go_on', humanCheck: undefined }
      }
      const sendBack = (problem: HumanCheckProblem, status: number): ReceivedHumanCheck => {
        ui.sendPage(res, formWith({ widget, problem }, status))
        return { outcome: 'sent_back' }
      }
      try {
        const token = fields[widget.field]
        const outcome = await requireHumanCheck.require(requestIp(req), token === '' ? undefined : token)
        if (outcome === 'not_due') return { outcome: 'go_on', humanCheck: undefined }
        // A token is good once: the form that comes back needs another one.
        if (outcome === 'passed') return { outcome: 'go_on', humanCheck: { widget } }
        return sendBack(outcome, 403)
      } catch (error) {
        if (!(error instanceof HumanCheckUnavailable)) throw error
        res.set('Retry-After', retryAfter(error.retryAfterSeconds))
        return sendBack('unavailable', 503)
      }
    },
  }
}

export type FormHumanChecks = ReturnType<typeof createFormHumanChecks>
