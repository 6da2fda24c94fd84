/** Sign-ins by a mail: its link or code is used up, and the address it went to turns out to be its user's. */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool } from 'pg'
import type { BrowserHash, ProofTokenHash, UserId } from '../domain/ids.ts'
import { confirmAddress, type OwnedProof, useUpProof } from './email-verifications.ts'

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

export const createEmailSignIns = ({ pool }: { pool: Pool }) => ({
  /** Whom a link would sign in, without using it. */
  findOffer: async (tokenHash: ProofTokenHash, at: Date): Promise<OfferedSignIn | undefined> =>
    (await pool.query<OfferedSignIn>(findOffer, [tokenHash, at])).rows[0],

  /** True for exactly one of any number of calls with the same proof. */
  use: (proof: OwnedProof, at: Date): Promise<boolean> =>
    inTransaction(pool, async client => {
      if (!(await useUpProof(client, proof, at))) return false
      await confirmAddress(client, proof.userId, at)
      return true
    }),
})
