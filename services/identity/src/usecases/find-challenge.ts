/** A sign-in that waits for its second factor, for who began it; undefined for everybody else. */
import type { ChallengeHash, DeviceHash, UserId } from '../domain/ids.ts'
import {
  type ChallengeAudience,
  type ChallengePurpose,
  hashChallenge,
  type SignInChallenge,
} from '../domain/sign-in-challenge.ts'
import { type Account, credentialVersionOf } from '../domain/user.ts'

export interface FindChallengeDeps {
  readonly challenges: {
    find(hash: ChallengeHash, at: Date): Promise<SignInChallenge | undefined>
  }
  readonly credentials: {
    findByUser(id: UserId, device: DeviceHash | undefined): Promise<Account | undefined>
  }
  readonly audience: ChallengeAudience
  readonly now: () => Date
}

export interface FoundChallenge {
  readonly hash: ChallengeHash
  readonly challenge: SignInChallenge
  readonly account: Account
}

/** Undefined too where what it rests on has changed since: the password, or the factors. */
export const createFindChallenge =
  ({ challenges, credentials, audience, now }: FindChallengeDeps) =>
  async (
    rawChallenge: string,
    device: DeviceHash,
    purpose: ChallengePurpose,
  ): Promise<FoundChallenge | undefined> => {
    const hash = hashChallenge(rawChallenge)
    const challenge = await challenges.find(hash, now())
    if (challenge?.audience !== audience || challenge.purpose !== purpose) return undefined
    // A page is of the browser that it was shown in; a program holds what names the challenge, and shows it to nobody.
    if (audience === 'browser' && challenge.device !== device) return undefined
    const account = await credentials.findByUser(challenge.userId, device)
    if (account === undefined || account.user.disabledAt !== undefined) return undefined
    return credentialVersionOf(account) === challenge.credentialVersion
      ? { hash, challenge, account }
      : undefined
  }

export type FindChallenge = ReturnType<typeof createFindChallenge>
