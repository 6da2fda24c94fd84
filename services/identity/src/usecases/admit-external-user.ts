/** A session for somebody whom a provider has identified, by the same rules as for everybody else. */
import type { DeviceHash, UserId } from '../domain/ids.ts'
import type { Origin } from '../domain/sign-in.ts'
import { type Account, credentialVersionOf } from '../domain/user.ts'
import type { Admission, AdmitUser } from './admit-user.ts'

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
  async (userId: UserId, origin: Origin, rememberMe = false): Promise<Admission<Given>> => {
    const account = await credentials.findByUser(userId, origin.device)
    if (account === undefined) return { outcome: 'outdated' }
    return admitUser({
      user: account.user,
      origin,
      deviceKnown: account.deviceKnown,
      rememberMe,
      credentialVersion: credentialVersionOf(account),
      methods: ['fed'],
      authenticatedAt: now(),
    })
  }

export type AdmitExternalUser<Given> = (
  userId: UserId,
  origin: Origin,
  rememberMe?: boolean,
) => Promise<Admission<Given>>
