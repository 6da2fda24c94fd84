/** A challenge before the ways in, for people: which form shows one, and that a form comes back until it is met. */
import { type Request, type Response, requestIp } from '@latchkey/runtime/http'
import { retryAfter } from '@latchkey/runtime/problem'
import type { SentPage, Ui } from '@latchkey/ui'
import { z } from 'zod'
import { type ChallengeWidget, challengeWidgetOf } from '../../domain/challenge-widget.ts'
import { ChallengeUnavailable } from '../../errors.ts'
import { type CheckChallenge, type CheckChallengeDeps, longestChallengeToken } from '../challenge.ts'

export interface FormChallengesDeps extends CheckChallengeDeps {
  readonly ui: Pick<Ui, 'sendPage'>
  readonly checkChallenge: CheckChallenge
}

const formToken = z.string().max(longestChallengeToken).default('')

/** What a form may bring: the field that its widget adds, whichever provider's it is. */
export const challengeFields = {
  'cf-turnstile-response': formToken,
  'h-captcha-response': formToken,
  'g-recaptcha-response': formToken,
}

type ChallengeFields = z.infer<z.ZodObject<typeof challengeFields>>

type ChallengeProblem = 'required' | 'failed' | 'unavailable'

/** What has to be on a form that is shown, again or for the first time. */
export interface FormChallenge {
  readonly widget: ChallengeWidget
  /** What became of the one that was sent. */
  readonly problem?: ChallengeProblem
}

export type ReceivedChallenge =
  /** `challenge`: for the form, should something else bring it back; undefined where nothing is asked for. */
  | { readonly outcome: 'go_on'; readonly challenge: FormChallenge | undefined }
  /** The form is on its way back to its sender. */
  | { readonly outcome: 'sent_back' }

export const createFormChallenges = (deps: FormChallengesDeps) => {
  const { ui, requireChallenge, checkChallenge, siteKey, scriptUrl } = deps
  const widget =
    siteKey === undefined || scriptUrl === undefined ? undefined : challengeWidgetOf(scriptUrl, siteKey)

  return {
    /** For GET: what the form shows from the start where it will be asked for. */
    open: async (req: Request): Promise<FormChallenge | undefined> =>
      widget !== undefined && (await requireChallenge?.isDue(requestIp(req))) === true
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
      fields: ChallengeFields,
      formWith: (challenge: FormChallenge, status: number) => SentPage,
    ): Promise<ReceivedChallenge> => {
      if (widget === undefined || requireChallenge === undefined) {
        await checkChallenge(req, undefined)
        return { outcome: 'go_on', challenge: undefined }
      }
      const sendBack = (problem: ChallengeProblem, status: number): ReceivedChallenge => {
        ui.sendPage(res, formWith({ widget, problem }, status))
        return { outcome: 'sent_back' }
      }
      try {
        const token = fields[widget.field]
        const outcome = await requireChallenge.require(requestIp(req), token === '' ? undefined : token)
        if (outcome === 'not_due') return { outcome: 'go_on', challenge: undefined }
        // A token is good once: the form that comes back needs another one.
        if (outcome === 'passed') return { outcome: 'go_on', challenge: { widget } }
        return sendBack(outcome, 403)
      } catch (error) {
        if (!(error instanceof ChallengeUnavailable)) throw error
        res.set('Retry-After', retryAfter(error.retryAfterSeconds))
        return sendBack('unavailable', 503)
      }
    },
  }
}

export type FormChallenges = ReturnType<typeof createFormChallenges>
