/** A challenge before the ways in: what a client has to send, what a form has to show, and how both learn of it. */
import { type Request, requestIp } from '@latchkey/runtime/http'
import { Problem } from '@latchkey/runtime/problem'
import { z } from 'zod'
import { type ChallengeWidget, challengeWidgetOf } from '../domain/challenge-widget.ts'
import { ChallengeUnavailable, toProblem } from '../errors.ts'
import type { ChallengeOutcome, RequireChallenge } from '../usecases/require-challenge.ts'

export interface ChallengeDeps {
  /** Undefined where nobody is ever asked. */
  readonly requireChallenge: RequireChallenge | undefined
  /** Of the widget that makes a token. */
  readonly siteKey: string | undefined
  readonly scriptUrl: string | undefined
}

// The longest that providers make has 2,048 characters.
const longestToken = 4_096

export const challengeToken = z.string().min(1).max(longestToken).optional()

const formToken = z.string().max(longestToken).default('')

/** What a form may bring: the field that its widget adds, whichever provider's it is. */
export const challengeFields = {
  'cf-turnstile-response': formToken,
  'h-captcha-response': formToken,
  'g-recaptcha-response': formToken,
}

type ChallengeFields = z.infer<z.ZodObject<typeof challengeFields>>

/** What has to be on a form that is shown, again or for the first time. */
export interface FormChallenge {
  readonly widget: ChallengeWidget
  /** What became of the one that was sent. */
  readonly problem?: 'required' | 'failed' | 'unavailable'
}

export interface AnsweredForm {
  /** What the form comes back with where the challenge was not met. */
  readonly refusal: Pick<Problem, 'status' | 'headers'> | undefined
  /** For the form, should it come back; undefined where nothing is asked for. */
  readonly challenge: FormChallenge | undefined
}

export const createChallenge = ({ requireChallenge, siteKey, scriptUrl }: ChallengeDeps) => {
  const widget =
    siteKey === undefined || scriptUrl === undefined ? undefined : challengeWidgetOf(scriptUrl, siteKey)

  const required = (isWrong: boolean): Problem =>
    new Problem({
      status: 403,
      code: 'CHALLENGE_REQUIRED',
      detail: 'Too many sign-ins failed from this network: send challenge_token',
      extensions: { challenge: { field: 'challenge_token', site_key: siteKey, script_url: scriptUrl } },
      ...(isWrong && {
        errors: [{ field: 'challenge_token', message: 'was not accepted', code: 'challenge_failed' }],
      }),
    })

  const ask = async (req: Request, token: string | undefined): Promise<ChallengeOutcome> =>
    (await requireChallenge?.require(requestIp(req), token)) ?? 'not_due'

  /** @throws Problem 403 */
  const check = async (req: Request, token: string | undefined): Promise<void> => {
    const outcome = await ask(req, token)
    if (outcome === 'required' || outcome === 'failed') throw required(outcome === 'failed')
  }

  return {
    check,

    /** For GET: what the form shows from the start where it will be asked for. */
    ofForm: async (req: Request): Promise<FormChallenge | undefined> =>
      widget !== undefined && (await requireChallenge?.isDue(requestIp(req))) === true
        ? { widget }
        : undefined,

    /** For POST. @throws Problem 403 where nothing is set up that a form could show: it waits until the guessing is over */
    ofSentForm: async (req: Request, fields: ChallengeFields): Promise<AnsweredForm> => {
      if (widget === undefined) {
        await check(req, undefined)
        return { refusal: undefined, challenge: undefined }
      }
      try {
        const token = fields[widget.field]
        const outcome = await ask(req, token === '' ? undefined : token)
        if (outcome === 'not_due') return { refusal: undefined, challenge: undefined }
        // A token is good once: the form that comes back needs another one.
        if (outcome === 'passed') return { refusal: undefined, challenge: { widget } }
        return { refusal: required(outcome === 'failed'), challenge: { widget, problem: outcome } }
      } catch (error) {
        if (!(error instanceof ChallengeUnavailable)) throw error
        return { refusal: toProblem(error), challenge: { widget, problem: 'unavailable' } }
      }
    },
  }
}

export type Challenge = ReturnType<typeof createChallenge>
