/** A challenge before the ways in, for programs: the member that they send, and how they learn that it is due. */
import { type Request, requestIp } from '@latchkey/runtime/http'
import { Problem } from '@latchkey/runtime/problem'
import { z } from 'zod'
import type { RequireChallenge } from '../usecases/require-challenge.ts'

export interface CheckChallengeDeps {
  /** Undefined where nobody is ever asked. */
  readonly requireChallenge: RequireChallenge | undefined
  /** Of the widget that makes a token. */
  readonly siteKey: string | undefined
  readonly scriptUrl: string | undefined
}

/** The longest that providers make has 2,048 characters. */
export const longestChallengeToken = 4_096

export const challengeToken = z.string().min(1).max(longestChallengeToken).optional()

export const createCheckChallenge =
  ({ requireChallenge, siteKey, scriptUrl }: CheckChallengeDeps) =>
  /** @throws Problem 403 `CHALLENGE_REQUIRED`, ChallengeUnavailable */
  async (req: Request, token: string | undefined): Promise<void> => {
    const outcome = await requireChallenge?.require(requestIp(req), token)
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

export type CheckChallenge = ReturnType<typeof createCheckChallenge>
