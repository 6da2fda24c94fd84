/** A session for somebody whom a provider has identified, by the same rules as for everybody else. */
import type { IntroducedUser } from '../domain/external-account.ts'
import type { DeviceHash, UserId } from '../domain/ids.ts'
import type { Origin } from '../domain/sign-in.ts'
import { type Account, credentialVersionOf } from '../domain/user.ts'
import type { Admission, AdmitUser } from './admit-user.ts'

/** Without a version where an earlier release has kept the code. */
export type AdmissibleUser = Pick<IntroducedUser, 'userId'> & {
  readonly credentialVersion: number | undefined
}

export interface AdmitExternalUserDeps<Given> {
  readonly credentials: {
    findByUser(id: UserId, device: DeviceHash | undefined): Promise<Account | undefined>
  }
  readonly admitUser: AdmitUser<Given>
  readonly now: () => Date
}

/** `outdated`: the user is not there any more, or changed while we looked. */
export const createAdmitExternalUser =
  <Given>({ credentials, admitUser, now }: AdmitExternalUserDeps<Given>) =>
  async (introduced: AdmissibleUser, origin: Origin, rememberMe = false): Promise<Admission<Given>> => {
    const account = await credentials.findByUser(introduced.userId, origin.device)
    if (account === undefined) return { outcome: 'outdated' }
    return admitUser({
      user: account.user,
      origin,
      deviceKnown: account.deviceKnown,
      rememberMe,
      credentialVersion: introduced.credentialVersion ?? credentialVersionOf(account),
      methods: ['fed'],
      authenticatedAt: now(),
    })
  }

export type AdmitExternalUser<Given> = (
  introduced: AdmissibleUser,
  origin: Origin,
  rememberMe?: boolean,
) => Promise<Admission<Given>>
