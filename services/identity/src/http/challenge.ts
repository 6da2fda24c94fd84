/** A challenge before the ways in: what a client has to send, and how it learns of it. */
import { type Request, type Route, requestIp } from '@latchkey/runtime/http'
import { Problem } from '@latchkey/runtime/problem'
import { z } from 'zod'
import type { RequireChallenge } from '../usecases/require-challenge.ts'

export interface ChallengeDeps {
  /** Undefined where nobody is ever asked. */
  readonly requireChallenge: RequireChallenge | undefined
  /** Of the widget that makes a token. */
  readonly siteKey: string | undefined
  readonly scriptUrl: string | undefined
}

// The longest that providers make has 2,048 characters.
export const challengeToken = z.string().min(1).max(4_096).optional()

export const createChallenge = ({ requireChallenge, siteKey, scriptUrl }: ChallengeDeps) => {
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

  /** @throws Problem 403 */
  const check = async (req: Request, token: string | undefined): Promise<void> => {
    const outcome = await requireChallenge?.(requestIp(req), token)
    if (outcome === 'required' || outcome === 'failed') throw required(outcome === 'failed')
  }

  /** Forms have no widget: who sends one from where much guessing comes from waits until it is over. */
  const guardForms = (routes: readonly Route[], paths: readonly string[]): readonly Route[] =>
    routes.map(route =>
      route.method === 'POST' && paths.includes(route.path)
        ? {
            ...route,
            handler: async (req, res) => {
              await check(req, undefined)
              await route.handler(req, res)
            },
          }
        : route,
    )

  return { check, guardForms }
}

export type Challenge = ReturnType<typeof createChallenge>
