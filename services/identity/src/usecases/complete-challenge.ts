/**
 * The second factor of a sign-in. Whatever kind it is, it is looked at here: counted in the account's budget of second
 * factors and in the challenge's own, once for each challenge, in the browser that the first factor was proven in. Who
 * passes comes in by the one way that there is.
 */
import type { AuthenticationMethod } from '../domain/authentication-method.ts'
import type { ChallengeHash, DeviceHash, UserId } from '../domain/ids.ts'
import type { AttemptBudget } from '../domain/lockout.ts'
import { withSecondFactor } from '../domain/second-factor.ts'
import type { Origin } from '../domain/sign-in.ts'
import type { ChallengePurpose } from '../domain/sign-in-challenge.ts'
import type { Account } from '../domain/user.ts'
import type { Admission, AdmitUser } from './admit-user.ts'
import type { AttemptOutcome, AttemptSecret } from './attempt-secret.ts'
import type { FindChallenge } from './find-challenge.ts'

export interface CompleteChallengeDeps<Given> {
  readonly challenges: {
    /** False where the challenge allows no more looks. */
    countTry(hash: ChallengeHash, at: Date): Promise<boolean>
    use(hash: ChallengeHash, at: Date): Promise<boolean>
  }
  readonly findChallenge: FindChallenge
  readonly rememberedDevices: {
    /** Nothing where the version is not the present one any more. */
    remember(
      owner: { readonly userId: UserId; readonly credentialVersion: number },
      origin: Origin,
      at: Date,
    ): Promise<void>
  }
  readonly attemptSecret: AttemptSecret
  readonly admitUser: AdmitUser<Given>
  readonly now: () => Date
}

export interface SecondFactorProof {
  readonly methods: readonly AuthenticationMethod[]
  /** Where the proof itself has changed it: a factor that was set up on the way. */
  readonly credentialVersion?: number
}

/** One look at a second factor; undefined where it proves nothing. What can be used up is used up by it. */
export type ProveSecondFactor = (account: Account) => Promise<SecondFactorProof | undefined>

export interface ChallengeAnswer {
  readonly rawChallenge: string
  readonly origin: Origin
  /** Whether this device is not to be asked for a while. */
  readonly rememberDevice: boolean
  readonly prove: ProveSecondFactor
}

export type ChallengeOutcome<Given> =
  | Exclude<Admission<Given>, { outcome: 'signed_in' | 'outdated' }>
  | (Extract<Admission<Given>, { outcome: 'signed_in' }> & { readonly rememberMe: boolean })
  | { readonly outcome: 'wrong' }
  /** Unknown, over, completed, tried too often, of another browser, or what it rests on has changed: sign in anew. */
  | { readonly outcome: 'invalid_challenge' }
  | Extract<AttemptOutcome, { outcome: 'locked' }>

export type CompleteChallenge<Given> = (
  answer: ChallengeAnswer,
  purpose?: ChallengePurpose,
) => Promise<ChallengeOutcome<Given>>

export const budgetOfSecondFactors = (
  { user, deviceKnown }: Account,
  device: DeviceHash | undefined,
): AttemptBudget => ({
  emailKey: user.emailKey,
  knownDevice: deviceKnown ? device : undefined,
  of: 'second_factor',
})

export const createCompleteChallenge = <Given>(
  deps: CompleteChallengeDeps<Given>,
): CompleteChallenge<Given> => {
  const { findChallenge, challenges, rememberedDevices, attemptSecret, admitUser, now } = deps
  const invalid = { outcome: 'invalid_challenge' } as const

  return async ({ rawChallenge, origin, rememberDevice, prove }, purpose = 'verify') => {
    const found = await findChallenge(rawChallenge, origin.device, purpose)
    if (found === undefined) return invalid
    const { hash, challenge, account } = found
    const { user, deviceKnown } = account
    let proven: SecondFactorProof | undefined
    let isSpent = false
    const attempt = await attemptSecret({
      budget: budgetOfSecondFactors(account, origin.device),
      verify: async () => {
        isSpent = !(await challenges.countTry(hash, now()))
        proven = isSpent ? undefined : await prove(account)
        return proven !== undefined
      },
    })
    if (attempt.outcome === 'locked') return attempt
    if (proven === undefined) return isSpent ? invalid : { outcome: 'wrong' }
    if (!(await challenges.use(hash, now()))) return invalid
    const { rememberMe } = challenge
    const credentialVersion = proven.credentialVersion ?? challenge.credentialVersion
    const admission = await admitUser({
      user,
      origin,
      deviceKnown,
      rememberMe,
      credentialVersion,
      methods: withSecondFactor(challenge.methods, proven.methods),
      authenticatedAt: now(),
    })
    if (admission.outcome === 'outdated') return invalid
    if (admission.outcome !== 'signed_in') return admission
    if (rememberDevice)
      await rememberedDevices.remember({ userId: user.id, credentialVersion }, origin, now())
    return { ...admission, rememberMe }
  }
}
