/**
 * A journey that an application began. Its user's browser takes a code back to it, or the reason why there is none, in the
 * words of RFC 6749 §4.1.2; the application itself is answered tokens, or a problem.
 */
import type { Request, Response } from '@latchkey/runtime/http'
import type { TokenSet } from '../domain/sign-in.ts'
import type { JourneyPurpose } from '../domain/social-journey.ts'
import { toProblem } from '../errors.ts'
import type { AdmissibleUser, AdmitExternalUser } from '../usecases/admit-external-user.ts'
import type { JourneyEnd } from '../usecases/end-social-journey.ts'
import type { FindExternalUser, FoundExternalUser } from '../usecases/find-external-user.ts'
import { fitsChallenge, type HandOverSocialCode } from '../usecases/hand-over-social-code.ts'
import { admissionRefusal } from './admission-refusal.ts'
import { signedInJson } from './answers.ts'
import type { ReadDevice } from './device.ts'
import { type SocialRefusal, socialRefusals } from './social-refusals.ts'

export interface SocialApplicationDeps {
  readonly readDevice: ReadDevice
  readonly findExternalUser: FindExternalUser
  readonly socialCodes: HandOverSocialCode
  readonly admitExternalUser: AdmitExternalUser<TokenSet>
  readonly logger: { warn(members: object, message: string): void }
  readonly now: () => Date
}

type AppPurpose = Extract<JourneyPurpose, { kind: 'app' }>
export type Ended = Exclude<JourneyEnd, { outcome: 'invalid_state' }>

type Settled =
  | Exclude<FoundExternalUser, { outcome: 'account_exists' | 'address_needed' }>
  | { readonly outcome: 'refused'; readonly refusal: SocialRefusal }
  | Extract<Ended, { outcome: 'failed' }>

/** @see RFC 6749 §4.1.2.1; what it has no word for says ours */
const oauthErrors: Partial<Record<SocialRefusal, string>> = { provider_denied: 'access_denied' }

export const createSocialApplication = (deps: SocialApplicationDeps) => {
  const { readDevice, findExternalUser, socialCodes, admitExternalUser, logger, now } = deps

  const settle = async (end: Ended, provider: string): Promise<Settled> => {
    if (end.outcome === 'failed') return end
    if (end.outcome === 'denied') return { outcome: 'refused', refusal: 'provider_denied' }
    if (end.outcome === 'code_refused') return { outcome: 'refused', refusal: 'code_refused' }
    const found = await findExternalUser({ provider, identity: end.identity, at: now() })
    return found.outcome === 'found' ? found : { outcome: 'refused', refusal: found.outcome }
  }

  const answerTokens = async (req: Request, res: Response, introduced: AdmissibleUser): Promise<void> => {
    const { origin, remember } = readDevice(req)
    const admission = await admitExternalUser(introduced, origin)
    if (admission.outcome === 'outdated') throw socialRefusals.invalid_state()
    if (admission.outcome !== 'signed_in') throw admissionRefusal(admission)
    remember(res)
    res.set('Cache-Control', 'no-store').json(signedInJson(admission.user, admission.given))
  }

  const backTo = (res: Response, redirectUri: string, answer: Readonly<Record<string, string>>): void => {
    const url = new URL(redirectUri)
    for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value)
    res.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' }).redirect(303, url.href)
  }

  return {
    /** For the browser in between. */
    leadBack: async (
      res: Response,
      end: Ended,
      { redirectUri }: AppPurpose,
      { provider, state }: { readonly provider: string; readonly state: string },
    ): Promise<void> => {
      const settled = await settle(end, provider)
      if (settled.outcome === 'found')
        return backTo(res, redirectUri, {
          code: await socialCodes.make(end.stateHash, settled),
          state,
        })
      if (settled.outcome === 'failed') {
        const problem = toProblem(settled.failure)
        if (problem === undefined) throw settled.failure
        logger.warn({ status: problem.status, error: settled.failure }, 'request refused')
        const error = problem.status === 503 ? 'temporarily_unavailable' : 'server_error'
        return backTo(res, redirectUri, { error, error_description: problem.detail, state })
      }
      const { code, detail } = socialRefusals[settled.refusal]()
      const error = oauthErrors[settled.refusal] ?? code.toLowerCase()
      backTo(res, redirectUri, { error, error_description: detail, state })
    },

    /** For an application to which the provider's answer came, or which was handed it. */
    answer: async (
      req: Request,
      res: Response,
      end: Ended,
      purpose: AppPurpose,
      { provider, codeVerifier }: { readonly provider: string; readonly codeVerifier: string | undefined },
    ): Promise<void> => {
      if (!fitsChallenge(purpose.codeChallenge, codeVerifier)) throw socialRefusals.wrong_verifier()
      const settled = await settle(end, provider)
      if (settled.outcome === 'failed') throw settled.failure
      if (settled.outcome === 'refused') throw socialRefusals[settled.refusal]()
      await answerTokens(req, res, settled)
    },

    /** For the code that a browser brought. */
    redeem: async (
      req: Request,
      res: Response,
      redemption: Parameters<HandOverSocialCode['redeem']>[0],
    ): Promise<void> => {
      const redeemed = await socialCodes.redeem(redemption)
      if (redeemed.outcome === 'invalid_state') throw socialRefusals.invalid_state()
      if (redeemed.outcome === 'wrong_verifier') throw socialRefusals.wrong_verifier()
      await answerTokens(req, res, redeemed)
    },
  }
}

export type SocialApplication = ReturnType<typeof createSocialApplication>
