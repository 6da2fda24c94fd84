/**
 * An account whose address nobody has proven, and somebody who comes in, or takes it over, by a mail to that address. They
 * read it; whose the account is, is another question: anybody could have registered it, and left keys of their own.
 */
import type { PoolClient } from 'pg'
import type { UserId } from '../domain/ids.ts'
import { confirmAddress } from './email-verifications.ts'

const hasKeys = `
  SELECT FROM passkeys WHERE user_id = $1
   UNION ALL
  SELECT FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL
   LIMIT 1`

/**
 * True where that is the first proof of the address. None where there are factors: who holds them could go on to sign in, as
 * the owner of an address that somebody else has proven. The link of a verification says who is asked. Needs the lock on
 * the user's row.
 */
export const claimAddress = async (client: PoolClient, userId: UserId, at: Date): Promise<boolean> => {
  const { rowCount } = await client.query(hasKeys, [userId])
  return rowCount === 0 && confirmAddress(client, userId, at)
}
