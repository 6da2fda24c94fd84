/** Setting up an authenticator app: a new secret, shown until a code of the app proves that it has it. */
import { toBase32 } from '../domain/base32.ts'
import type { ChallengeHash, FactorId, SessionId, UserId } from '../domain/ids.ts'
import { findTotpStep, parseTotpCode, totpSecretBytes, totpUri } from '../domain/totp.ts'
import type { TotpFactor, TotpSetUp } from '../domain/totp-factor.ts'
import type { User } from '../domain/user.ts'

export interface EnrolTotpDeps {
  readonly totpFactors: {
    begin(factor: TotpFactor, setUpBy: string, at: Date): Promise<boolean>
    findPending(userId: UserId, setUpBy: string, at: Date): Promise<TotpFactor | undefined>
    confirm(
      id: FactorId,
      step: number,
      change: Omit<TotpSetUp, 'begunBy'> & { readonly sessionId: SessionId | undefined },
      at: Date,
    ): Promise<{ readonly credentialVersion: number } | undefined>
    handOver(userId: UserId, from: ChallengeHash, to: SessionId): Promise<void>
  }
  /** What apps call these codes. */
  readonly issuer: string
  readonly createId: () => FactorId
  readonly randomBytes: (size: number) => Uint8Array
  readonly now: () => Date
}

/** For the owner's eyes alone. */
export interface TotpSecret {
  readonly secret: string
  readonly uri: string
}

export type TotpConfirmation =
  | { readonly outcome: 'confirmed'; readonly credentialVersion: number }
  | { readonly outcome: 'wrong' }
  /** Nothing is being set up, or not any more. */
  | { readonly outcome: 'not_begun' }

export const createEnrolTotp = ({ totpFactors, issuer, createId, randomBytes, now }: EnrolTotpDeps) => {
  const show = ({ secret }: TotpFactor, { email }: User): TotpSecret => ({
    secret: toBase32(secret),
    uri: totpUri(secret, { issuer, account: email }),
  })

  return {
    /** Undefined where there is an app already: that one is removed first. */
    begin: async (user: User, begunBy: TotpSetUp['begunBy']): Promise<TotpSecret | undefined> => {
      const factor = { id: createId(), userId: user.id, secret: randomBytes(totpSecretBytes) }
      return (await totpFactors.begin(factor, begunBy, now())) ? show(factor, user) : undefined
    },

    /** An app that was set up on the way in is of the session that the way led to. */
    handOver: totpFactors.handOver,

    /** The secret that is being set up, once more. */
    findPending: async (user: User, begunBy: TotpSetUp['begunBy']): Promise<TotpSecret | undefined> => {
      const factor = await totpFactors.findPending(user.id, begunBy, now())
      return factor && show(factor, user)
    },

    confirm: async (
      { code, ...setUp }: TotpSetUp & { readonly code: string },
      sessionId: SessionId | undefined,
    ): Promise<TotpConfirmation> => {
      const { userId, begunBy, doneBy } = setUp
      const factor = await totpFactors.findPending(userId, begunBy, now())
      if (factor === undefined) return { outcome: 'not_begun' }
      const typed = parseTotpCode(code)
      const step = typed === undefined ? undefined : findTotpStep(factor.secret, typed, now())
      if (step === undefined) return { outcome: 'wrong' }
      const confirmed = await totpFactors.confirm(factor.id, step, { userId, doneBy, sessionId }, now())
      return confirmed === undefined ? { outcome: 'not_begun' } : { outcome: 'confirmed', ...confirmed }
    },
  }
}

export type EnrolTotp = ReturnType<typeof createEnrolTotp>
