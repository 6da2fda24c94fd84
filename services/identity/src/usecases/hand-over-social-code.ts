/**
 * For an application that sent its user to a provider: the browser brings it a code, which it redeems. No token is ever in
 * a URL. With a `code_challenge` the code is worth nothing to whoever sees it pass by. @see RFC 7636
 */
import { isVerifierOf } from '@latchkey/oauth'
import { randomToken, sha256Hex } from '@latchkey/runtime/crypto'
import type { IntroducedUser } from '../domain/external-account.ts'
import { hashState, redemptionSeconds, type StateHash } from '../domain/social-journey.ts'
import type { AdmissibleUser } from './admit-external-user.ts'

export interface HandOverSocialCodeDeps {
  readonly journeys: {
    keepCode(
      stateHash: StateHash,
      code: IntroducedUser & { readonly codeHash: string; readonly expiresAt: Date },
    ): Promise<void>
    redeem(
      stateHash: StateHash,
      provider: string,
      codeHash: string,
      at: Date,
    ): Promise<(AdmissibleUser & { readonly codeChallenge: string | undefined }) | undefined>
  }
  readonly now: () => Date
}

export interface SocialCodeRedemption {
  readonly provider: string
  readonly state: string
  readonly code: string
  readonly codeVerifier: string | undefined
}

export type RedeemedSocialCode =
  | ({ readonly outcome: 'redeemed' } & AdmissibleUser)
  | { readonly outcome: 'invalid_state' }
  /** The code is spent all the same. */
  | { readonly outcome: 'wrong_verifier' }

/** Where there is no challenge, no verifier is needed; one that is sent is not looked at. */
export const fitsChallenge = (codeChallenge: string | undefined, codeVerifier: string | undefined): boolean =>
  codeChallenge === undefined || isVerifierOf(codeVerifier ?? '', codeChallenge)

export const createHandOverSocialCode = ({ journeys, now }: HandOverSocialCodeDeps) => ({
  /** Gives the raw code. */
  make: async (stateHash: StateHash, introduced: IntroducedUser): Promise<string> => {
    const rawCode = randomToken()
    const expiresAt = new Date(now().getTime() + redemptionSeconds * 1_000)
    const { userId, credentialVersion } = introduced
    await journeys.keepCode(stateHash, {
      userId,
      credentialVersion,
      codeHash: sha256Hex(rawCode),
      expiresAt,
    })
    return rawCode
  },

  redeem: async (redemption: SocialCodeRedemption): Promise<RedeemedSocialCode> => {
    const { provider, state, code, codeVerifier } = redemption
    const stateHash = hashState(state)
    const found = await journeys.redeem(stateHash, provider, sha256Hex(code), now())
    if (found === undefined) return { outcome: 'invalid_state' }
    if (!fitsChallenge(found.codeChallenge, codeVerifier)) return { outcome: 'wrong_verifier' }
    const { userId, credentialVersion } = found
    return { outcome: 'redeemed', userId, credentialVersion }
  },
})

export type HandOverSocialCode = ReturnType<typeof createHandOverSocialCode>
