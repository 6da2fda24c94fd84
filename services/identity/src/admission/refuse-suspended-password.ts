/**
 * A password that its owner has reason to think somebody else knows opens nothing until it was reset; other proofs are as
 * good as before. Only who knows the password is told, and the owner gets the mail with the link, if none is open.
 */
import type { SessionStart } from '../domain/sign-in.ts'
import type { Standing } from '../domain/standing.ts'
import type { User } from '../domain/user.ts'

export interface RefuseSuspendedPasswordDeps {
  /** Has a reset mailed to the owner, unless one is under way. */
  readonly remindOfReset: (user: User) => Promise<void>
}

export const createRefuseSuspendedPassword =
  ({ remindOfReset }: RefuseSuspendedPasswordDeps) =>
  async (
    { user, methods }: Pick<SessionStart, 'user' | 'methods'>,
    { isPasswordSuspended }: Pick<Standing, 'isPasswordSuspended'>,
  ): Promise<{ readonly outcome: 'password_reset_required' } | undefined> => {
    if (!methods.includes('pwd') || !isPasswordSuspended) return undefined
    await remindOfReset(user)
    return { outcome: 'password_reset_required' }
  }
