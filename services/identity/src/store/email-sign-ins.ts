/** Sign-ins by a mail: its link or code is used up, and the address it went to turns out to be its user's. */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { BrowserHash, DeviceHash, ProofTokenHash, UserId } from '../domain/ids.ts'
import { claimAddress } from './address-claims.ts'
import { credentialVersionOf } from './credential-version.ts'
import { type OwnedProof, useUpProof } from './email-verifications.ts'
import { tell } from './outbox-messages.ts'
import { removePassword } from './password-changes.ts'

export interface OfferedSignIn {
  readonly userId: UserId
  /** As the user wrote it. */
  readonly email: string
  /** The browser that asked; null where a program did. */
  readonly browserHash: BrowserHash | null
}

const findOffer = `
  SELECT u.id AS "userId", u.email, p.browser_hash AS "browserHash"
    FROM email_proofs p JOIN users u ON u.id = p.user_id AND u.email_key = p.email_key
   WHERE p.token_hash = $1 AND p.purpose = 'sign_in' AND p.used_at IS NULL AND p.expires_at > $2`

const findVersion = `SELECT ${credentialVersionOf('$1::uuid')} AS "credentialVersion"`

const isKnownDevice = async (client: PoolClient, userId: UserId, device: DeviceHash): Promise<boolean> => {
  const known = 'SELECT FROM known_devices WHERE user_id = $1 AND device_hash = $2'
  return (await client.query(known, [userId, device])).rowCount === 1
}

export const createEmailSignIns = ({ pool }: { pool: Pool }) => ({
  /** Whom a link would sign in, without using it. */
  findOffer: async (tokenHash: ProofTokenHash, at: Date): Promise<OfferedSignIn | undefined> =>
    (await pool.query<OfferedSignIn>(findOffer, [tokenHash, at])).rows[0],

  /** Something for exactly one of any number of calls with the same proof: what a sign-in by it rests on. */
  use: (
    proof: OwnedProof,
    device: DeviceHash,
    at: Date,
  ): Promise<{ readonly credentialVersion: number } | undefined> =>
    inTransaction(pool, async client => {
      if (!(await useUpProof(client, proof, at))) return undefined
      const { userId } = proof
      const isFirst = await claimAddress(client, userId, at)
      // Whoever registered the address may not be who reads its mails, except in the browser that it was registered in.
      if (isFirst && !(await isKnownDevice(client, userId, device))) {
        await removePassword(client, userId, undefined, at)
        await tell(client, 'offline_access.end', userId, { userId, signedInUntil: at.toISOString() })
      }
      const { rows } = await client.query<{ credentialVersion: number }>(findVersion, [userId])
      return rows[0]
    }),
})
