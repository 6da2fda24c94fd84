/**
 * Proofs of addresses: asked for, mailed, found. A request costs the same for every address, because whose it is comes out
 * when the outbox row is relayed; the secrets are made with the request and wiped when the mail goes. What uses a proof
 * up is where its effect is, in one transaction with it.
 */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool, PoolClient } from 'pg'
import type {
  AskedProof,
  EmailProofPurpose,
  NewEmailProof,
  PresentedCode,
  ProofIssue,
} from '../domain/email-proof.ts'
import type { BrowserHash, EmailProofId, ProofTokenHash, UserId } from '../domain/ids.ts'
import type { PostAskedMail } from './asked-mails.ts'
import { tell } from './outbox-messages.ts'
import { findAddressee, type PendingProof } from './proof-addressees.ts'

/** A proof that holds, not used up yet. */
export interface FoundProof {
  readonly id: EmailProofId
  readonly purpose: EmailProofPurpose
  /** Undefined for an account that the proof will make. */
  readonly userId: UserId | undefined
}

const insert = `
  INSERT INTO email_proofs (id, purpose, email_key, user_id, browser_hash, token_hash, code_hash, sealed_data, locale,
                            created_at, code_expires_at, expires_at, change_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`

const findPending = `
  SELECT id, purpose, email_key AS "emailKey", user_id AS "userId", sealed_data AS "sealedData", locale,
         expires_at AS "expiresAt"
    FROM email_proofs
   WHERE id = $1 AND sealed_data IS NOT NULL AND used_at IS NULL AND expires_at > $2`

const wipe = `
  UPDATE email_proofs SET sealed_data = NULL, user_id = coalesce($2, user_id)
   WHERE id = $1 AND sealed_data IS NOT NULL`

const hasOpen = `
  SELECT FROM email_proofs
   WHERE user_id = $1 AND purpose = $2 AND id <> $3 AND sealed_data IS NULL AND used_at IS NULL AND code_expires_at > $4
   LIMIT 1`

const live = `used_at IS NULL AND (user_id IS NOT NULL OR purpose = 'registration')`

const findByToken = `
  SELECT id, purpose, user_id AS "userId" FROM email_proofs
   WHERE token_hash = $1 AND purpose = ANY ($2) AND ${live} AND expires_at > $3`

const findByCode = `
  SELECT id, purpose, user_id AS "userId" FROM email_proofs
   WHERE purpose = ANY ($1) AND email_key = $2 AND code_hash = $3 AND ${live} AND code_expires_at > $4
     AND ($5::uuid IS NULL OR id = $5)
     -- Of a sign-in, only where it was asked for.
     AND (purpose <> 'sign_in' OR browser_hash IS NOT DISTINCT FROM $6)
   ORDER BY created_at DESC LIMIT 1`

const findRequest = `
  SELECT id, purpose, email_key AS "emailKey" FROM email_proofs
   WHERE id = $1 AND purpose = ANY ($2) AND browser_hash = $3 AND expires_at > $4`

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
    proof.changeId,
  ])
  const { id: proofId, askedFrom, unlessOpen } = proof
  const payload = { proofId, askedFrom, unlessOpen }
  await tell(client, 'email_proof.requested', proof.id, payload)
}

export const createEmailProofs = ({ pool, postMail }: { pool: Pool; postMail: PostAskedMail }) => {
  const findOne = async (text: string, values: unknown[]): Promise<FoundProof | undefined> => {
    const { rows } = await pool.query<FoundProof & { readonly userId: UserId | null }>(text, values)
    return rows[0] && { ...rows[0], userId: rows[0].userId ?? undefined }
  }

  return {
    request: (proof: NewEmailProof): Promise<void> =>
      inTransaction(pool, client => insertEmailProof(client, proof)),

    /** Hands the mail over where somebody is owed it; false where nothing goes. Idempotent. */
    issue: ({ id, askedFrom, unlessOpen }: ProofIssue, at: Date): Promise<boolean> =>
      inTransaction(pool, async client => {
        const [pending] = (await client.query<PendingProof>(findPending, [id, at])).rows
        if (pending === undefined) return false
        const addressee = await findAddressee[pending.purpose](client, pending)
        const wiped = await client.query(wipe, [id, addressee?.userId])
        if (addressee === undefined || wiped.rowCount === 0) return false
        const asked = [addressee.userId, pending.purpose, id, at]
        if (unlessOpen && (await client.query(hasOpen, asked)).rowCount !== 0) return false
        const { template, recipient, userId: subject, isSecret = true } = addressee
        const { locale, sealedData } = pending
        const mail = isSecret
          ? { sealedData, expiresAt: pending.expiresAt.toISOString() }
          : { sealedData: '', expiresAt: null }
        return postMail(client, { ...mail, template, recipient, subject, locale, askedFrom, at })
      }),

    findByToken: (purposes: readonly EmailProofPurpose[], tokenHash: ProofTokenHash, at: Date) =>
      findOne(findByToken, [tokenHash, purposes, at]),

    findByCode: ({ purposes, emailKey, codeHash, request }: PresentedCode, at: Date) =>
      findOne(findByCode, [purposes, emailKey, codeHash, at, request?.id, request?.browserHash]),

    /** What a page of this browser asked for. */
    findRequest: async (
      purposes: readonly EmailProofPurpose[],
      request: { readonly id: EmailProofId; readonly browserHash: BrowserHash },
      at: Date,
    ): Promise<AskedProof | undefined> => {
      const values = [request.id, purposes, request.browserHash, at]
      return (await pool.query<AskedProof>(findRequest, values)).rows[0]
    },
  }
}
