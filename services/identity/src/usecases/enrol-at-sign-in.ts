/**
 * The way in for who must have a second factor and has none yet: the first factor is proven, an app is set up, and the code
 * that shows so is the second factor of this sign-in.
 */
import type { UserId } from '../domain/ids.ts'
import type { ProposedRecoveryCodes } from '../domain/recovery-code.ts'
import type { Origin } from '../domain/sign-in.ts'
import { hashChallenge } from '../domain/sign-in-challenge.ts'
import type { ChallengeOutcome, CompleteChallenge } from './complete-challenge.ts'
import type { EnrolTotp, TotpSecret } from './enrol-totp.ts'
import type { FindChallenge } from './find-challenge.ts'
import type { MakeRecoveryCodes } from './make-recovery-codes.ts'

export interface EnrolAtSignInDeps<Given> {
  readonly findChallenge: FindChallenge
  readonly completeChallenge: CompleteChallenge<Given>
  readonly enrolTotp: EnrolTotp
  readonly makeFirstRecoveryCodes: MakeRecoveryCodes
}

export interface EnrolmentAnswer {
  readonly rawChallenge: string
  readonly origin: Origin
  readonly code: string
  /** Those that the page has shown; new ones where none were. */
  readonly recoveryCodes?: ProposedRecoveryCodes
}

export interface ShownEnrolment {
  readonly userId: UserId
  readonly secret: TotpSecret
}

export type EnrolmentOutcome<Given> =
  | Exclude<ChallengeOutcome<Given>, { outcome: 'signed_in' }>
  | (Extract<ChallengeOutcome<Given>, { outcome: 'signed_in' }> & {
      readonly recoveryCodes: readonly string[]
    })

export const createEnrolAtSignIn = <Given>(deps: EnrolAtSignInDeps<Given>) => {
  const { findChallenge, completeChallenge, enrolTotp, makeFirstRecoveryCodes } = deps
  return {
    /** The secret for the app: the one that is being set up, or a new one. Undefined where the challenge is not good. */
    show: async (rawChallenge: string, origin: Origin): Promise<ShownEnrolment | undefined> => {
      const found = await findChallenge(rawChallenge, origin.device, 'enrol')
      if (found === undefined) return undefined
      const { hash, account } = found
      const { user } = account
      const secret = (await enrolTotp.findPending(user, hash)) ?? (await enrolTotp.begin(user, hash))
      return secret && { userId: user.id, secret }
    },

    complete: async (answer: EnrolmentAnswer): Promise<EnrolmentOutcome<Given>> => {
      const { rawChallenge, origin, code, recoveryCodes } = answer
      const outcome = await completeChallenge(
        {
          rawChallenge,
          origin,
          rememberDevice: false,
          prove: async ({ user }) => {
            const begunBy = hashChallenge(rawChallenge)
            const setUp = { userId: user.id, begunBy, doneBy: begunBy, code }
            const confirmed = await enrolTotp.confirm(setUp, undefined)
            return confirmed.outcome === 'confirmed'
              ? { methods: ['otp'], credentialVersion: confirmed.credentialVersion }
              : undefined
          },
        },
        'enrol',
      )
      if (outcome.outcome !== 'signed_in') return outcome
      const owner = { userId: outcome.user.id, sessionId: outcome.sessionId }
      await enrolTotp.handOver(owner.userId, hashChallenge(rawChallenge), owner.sessionId)
      return { ...outcome, recoveryCodes: await makeFirstRecoveryCodes(owner, recoveryCodes) }
    },
  }
}

export type EnrolAtSignIn<Given> = ReturnType<typeof createEnrolAtSignIn<Given>>
