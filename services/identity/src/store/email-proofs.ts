/**
 * Proofs of addresses: asked for, mailed, found. A request costs the same for every address, because whose it is comes out
 * when the outbox row is relayed; the secrets are made with the request and wiped when the mail goes. What uses a proof
 * up is where its effect is, in one transaction with it.
 */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type { EmailKey } from '../domain/email-address.ts'
import type { EmailProofPurpose, NewEmailProof, PresentedCode } from '../domain/email-proof.ts'
import type { BrowserHash, EmailProofId, ProofTokenHash, UserId } from '../domain/ids.ts'
import type { PostAskedMail } from './asked-mails.ts'
import { type AskedTemplate, tell } from './outbox-messages.ts'

/** A proof that holds, not used up yet. */
export interface FoundProof {
  readonly id: EmailProofId
  readonly userId: UserId
}

const templateOf: Readonly<Record<EmailProofPurpose, AskedTemplate>> = { verification: 'email_verification' }

const insert = `
  INSERT INTO email_proofs (id, purpose, email_key, user_id, browser_hash, token_hash, code_hash, sealed_data, locale,
                            created_at, code_expires_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`

interface PendingRow {
  readonly purpose: EmailProofPurpose
  readonly email_key: string
  readonly user_id: string | null
  readonly sealed_data: string
  readonly locale: string
  readonly expires_at: Date
}

const findPending = `
  SELECT purpose, email_key, user_id, sealed_data, locale, expires_at FROM email_proofs
   WHERE id = $1 AND sealed_data IS NOT NULL AND used_at IS NULL AND expires_at > $2`

// An address that has been proven since needs no more mail.
const lockOwner = `
  SELECT id, email FROM users
   WHERE email_key = $1 AND ($2::uuid IS NULL OR id = $2) AND disabled_at IS NULL
     AND ($3 <> 'verification' OR email_verified_at IS NULL)
     FOR NO KEY UPDATE`

const wipe = `
  UPDATE email_proofs SET sealed_data = NULL, user_id = coalesce($2, user_id)
   WHERE id = $1 AND sealed_data IS NOT NULL`

const findByToken = `
  SELECT id, user_id AS "userId" FROM email_proofs
   WHERE token_hash = $1 AND purpose = $2 AND user_id IS NOT NULL AND used_at IS NULL AND expires_at > $3`

const findByCode = `
  SELECT id, user_id AS "userId" FROM email_proofs
   WHERE purpose = $1 AND email_key = $2 AND code_hash = $3 AND user_id IS NOT NULL AND used_at IS NULL
     AND code_expires_at > $4 AND ($5::uuid IS NULL OR id = $5) AND ($6::text IS NULL OR browser_hash = $6)
   ORDER BY created_at DESC LIMIT 1`

const findRequest = `
  SELECT email_key FROM email_proofs WHERE id = $1 AND purpose = $2 AND browser_hash = $3 AND expires_at > $4`

/** Within the transaction that makes the request true. */
export const insertEmailProof = async (client: PoolClient, proof: NewEmailProof): Promise<void> => {
  await client.query(insert, [
    proof.id,
    proof.purpose,
    proof.emailKey,
    proof.userId,
    proof.browserHash,
    proof.tokenHash,
    proof.codeHash,
    proof.sealedData,
    proof.locale,
    proof.at,
    proof.codeExpiresAt,
    proof.expiresAt,
  ])
  const payload = { proofId: proof.id, askedFrom: proof.askedFrom }
  await tell(client, 'email_proof.requested', proof.id, payload)
}

export const createEmailProofs = ({ pool, postMail }: { pool: Pool; postMail: PostAskedMail }) => {
  const findOne = async (text: string, values: unknown[]): Promise<FoundProof | undefined> =>
    (await pool.query<FoundProof>(text, values)).rows[0]

  return {
    request: (proof: NewEmailProof): Promise<void> =>
      inTransaction(pool, client => insertEmailProof(client, proof)),

    /** Hands the mail over where the address has an account that is owed it; false where nothing goes. Idempotent. */
    issue: (id: EmailProofId, askedFrom: string, at: Date): Promise<boolean> =>
      inTransaction(pool, async client => {
        const [pending] = (await client.query<PendingRow>(findPending, [id, at])).rows
        if (pending === undefined) return false
        const { purpose, locale, sealed_data: sealedData, expires_at } = pending
        const asked = [pending.email_key, pending.user_id, purpose]
        const [owner] = (await client.query<{ id: UserId; email: string }>(lockOwner, asked)).rows
        const wiped = await client.query(wipe, [id, owner?.id])
        if (owner === undefined || wiped.rowCount === 0) return false
        return postMail(client, {
          template: templateOf[purpose],
          recipient: owner.email,
          subject: owner.id,
          locale,
          sealedData,
          expiresAt: expires_at.toISOString(),
          askedFrom,
          at,
        })
      }),

    findByToken: (purpose: EmailProofPurpose, tokenHash: ProofTokenHash, at: Date) =>
      findOne(findByToken, [tokenHash, purpose, at]),

    findByCode: ({ purpose, emailKey, codeHash, request }: PresentedCode, at: Date) =>
      findOne(findByCode, [purpose, emailKey, codeHash, at, request?.id, request?.browserHash]),

    /** The address that a page of this browser asked a mail for. */
    findRequest: async (
      purpose: EmailProofPurpose,
      request: { readonly id: EmailProofId; readonly browserHash: BrowserHash },
      at: Date,
    ): Promise<EmailKey | undefined> => {
      const values = [request.id, purpose, request.browserHash, at]
      return (await pool.query<{ email_key: EmailKey }>(findRequest, values)).rows[0]?.email_key
    },
  }
}
