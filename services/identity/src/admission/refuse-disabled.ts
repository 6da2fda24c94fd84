/** An account that an administrator has disabled is told so, but only to somebody who has proven that it is theirs. */
import type { SessionStart } from '../domain/sign-in.ts'

export const refuseDisabled = async ({
  user,
}: Pick<SessionStart, 'user'>): Promise<{ readonly outcome: 'disabled' } | undefined> =>
  user.disabledAt === undefined ? undefined : { outcome: 'disabled' }
