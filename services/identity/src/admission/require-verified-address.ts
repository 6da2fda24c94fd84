/**
 * Where addresses must be verified, nobody comes in before theirs is. Only who has proven who they are is told, and a mail
 * with link and code goes to the owner, if none is on its way.
 */
import type { SessionStart } from '../domain/sign-in.ts'
import type { User } from '../domain/user.ts'

export interface RequireVerifiedAddressDeps {
  readonly requiresVerification: boolean
  /** Has a verification mail sent, unless one with a live code was. @param askedFrom the IP address that signs in */
  readonly remindToVerify: (user: User, askedFrom: string) => Promise<void>
}

export const createRequireVerifiedAddress =
  ({ requiresVerification, remindToVerify }: RequireVerifiedAddressDeps) =>
  async ({
    user,
    origin,
  }: Pick<SessionStart, 'user' | 'origin'>): Promise<
    { readonly outcome: 'email_not_verified'; readonly user: User } | undefined
  > => {
    if (!requiresVerification || user.emailVerifiedAt !== undefined) return undefined
    await remindToVerify(user, origin.ipAddress)
    return { outcome: 'email_not_verified', user }
  }
