/** Whether somebody could still sign in without one of their ways: asked with the user's row locked, before it is taken away. */
import type { PoolClient } from 'pg'
import type { ExternalAccountId } from '../domain/external-account.ts'
import type { PasskeyId, UserId } from '../domain/ids.ts'

/** The way that is to go. */
export type WayIn =
  | { readonly passkey: PasskeyId }
  | { readonly externalAccount: ExternalAccountId }
  | 'password'

// A passkey counts where it is known to sign in alone.
const otherWays = `
  SELECT FROM password_credentials WHERE user_id = $1 AND NOT $2
  UNION ALL
  SELECT FROM passkeys WHERE user_id = $1 AND is_discoverable AND can_verify_user AND id IS DISTINCT FROM $3
  UNION ALL
  SELECT FROM external_accounts WHERE user_id = $1 AND id IS DISTINCT FROM $4`

export const hasOtherWayIn = async (
  client: Pick<PoolClient, 'query'>,
  userId: UserId,
  leaving: WayIn,
): Promise<boolean> => {
  const isPassword = leaving === 'password'
  const { rows } = await client.query(`${otherWays} LIMIT 1`, [
    userId,
    isPassword,
    !isPassword && 'passkey' in leaving ? leaving.passkey : null,
    !isPassword && 'externalAccount' in leaving ? leaving.externalAccount : null,
  ])
  return rows.length > 0
}
