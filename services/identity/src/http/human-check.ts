/**
 * A human check before the ways in, for programs: the member that they send, and how they learn that it is due. On the wire and
 * in the settings it is a challenge, as its providers say; in here that is a sign-in that waits for its second factor.
 */
import { type Request, requestIp } from '@latchkey/runtime/http'
import { Problem } from '@latchkey/runtime/problem'
import { z } from 'zod'
import type { RequireHumanCheck } from '../usecases/require-human-check.ts'

export interface DemandHumanCheckDeps {
  /** Undefined where nobody is ever asked. */
  readonly requireHumanCheck: RequireHumanCheck | undefined
  /** Of the widget that makes a token. */
  readonly siteKey: string | undefined
  readonly scriptUrl: string | undefined
}

/** The longest that providers make has 2,048 characters. */
export const longestHumanCheckToken = 4_096

export const humanCheckToken = z.string().min(1).max(longestHumanCheckToken).optional()

export const createDemandHumanCheck =
  ({ requireHumanCheck, siteKey, scriptUrl }: DemandHumanCheckDeps) =>
  /** @throws Problem 403 `CHALLENGE_REQUIRED`, HumanCheckUnavailable */
  async (req: Request, token: string | undefined): Promise<void> => {
    const outcome = await requireHumanCheck?.require(requestIp(req), token)
    if (outcome !== 'required' && outcome !== 'failed') return
    throw new Problem({
      status: 403,
      code: 'CHALLENGE_REQUIRED',
      detail: 'Too many sign-ins failed from this network: send challenge_token',
      extensions: { challenge: { field: 'challenge_token', site_key: siteKey, script_url: scriptUrl } },
      ...(outcome === 'failed' && {
        errors: [{ field: 'challenge_token', message: 'was not accepted', code: 'challenge_failed' }],
      }),
    })
  }

export type DemandHumanCheck = ReturnType<typeof createDemandHumanCheck>
