/**
 * Who gets the mail of a proof that was asked for, and which one: looked up when the request is relayed, out of sight of who
 * asked. Locks the user's row, as everything does that uses a proof up.
 */
import type { PoolClient } from 'pg'
import type { EmailProofPurpose } from '../domain/email-proof.ts'
import type { EmailProofId, UserId } from '../domain/ids.ts'
import type { AskedTemplate } from './outbox-messages.ts'

/** A proof whose mail has not gone yet. */
export interface PendingProof {
  readonly id: EmailProofId
  readonly purpose: EmailProofPurpose
  readonly emailKey: string
  readonly userId: UserId | null
  readonly sealedData: string
  readonly locale: string
  readonly expiresAt: Date
}

export interface Addressee {
  readonly template: AskedTemplate
  readonly recipient: string
  /** Whose account it is about. */
  readonly userId: UserId | undefined
  /** False for a mail that holds neither link token nor code. */
  readonly isSecret?: boolean
}

type Find = (client: PoolClient, proof: PendingProof) => Promise<Addressee | undefined>

interface Owner {
  readonly id: UserId
  readonly email: string
}

const lockOwner = (condition: string): string => `
  SELECT id, email FROM users
   WHERE email_key = $1 AND ($2::uuid IS NULL OR id = $2) AND disabled_at IS NULL ${condition}
     FOR NO KEY UPDATE`

const findOwner = async (
  client: PoolClient,
  { emailKey, userId }: PendingProof,
  condition = '',
): Promise<Owner | undefined> => (await client.query<Owner>(lockOwner(condition), [emailKey, userId])).rows[0]

interface Registrant {
  readonly email: string
  readonly ownerId: UserId | null
  readonly ownerEmail: string | null
  readonly isDisabled: boolean
}

const findRegistrant = `
  SELECT r.email, u.id AS "ownerId", u.email AS "ownerEmail", u.disabled_at IS NOT NULL AS "isDisabled"
    FROM pending_registrations r LEFT JOIN users u ON u.email_key = $2
   WHERE r.proof_id = $1`

interface NewAddress {
  readonly email: string
  readonly ownerEmail: string | null
}

const findNewAddress = `
  SELECT c.email, u.email AS "ownerEmail"
    FROM email_proofs p JOIN email_changes c ON c.id = p.change_id AND c.ended_at IS NULL
    LEFT JOIN users u ON u.email_key = $2
   WHERE p.id = $1`

export const findAddressee: Readonly<Record<EmailProofPurpose, Find>> = {
  /** An address that has been proven since needs no more mail. */
  verification: async (client, proof) => {
    const owner = await findOwner(client, proof, 'AND email_verified_at IS NULL')
    return owner && { template: 'email_verification', recipient: owner.email, userId: owner.id }
  },

  /** Who has an account is told that somebody tried to make another; nobody else hears of either. */
  registration: async (client, { id, emailKey }) => {
    const [found] = (await client.query<Registrant>(findRegistrant, [id, emailKey])).rows
    if (found === undefined || found.isDisabled) return undefined
    if (found.ownerId === null || found.ownerEmail === null)
      return { template: 'email_verification', recipient: found.email, userId: undefined }
    return {
      template: 'registration_attempted',
      recipient: found.ownerEmail,
      userId: found.ownerId,
      isSecret: false,
    }
  },

  sign_in: async (client, proof) => {
    const owner = await findOwner(client, proof)
    return owner && { template: 'email_sign_in', recipient: owner.email, userId: owner.id }
  },

  change_old: async (client, proof) => {
    const owner = await findOwner(client, proof)
    return owner && { template: 'email_change_old', recipient: owner.email, userId: owner.id }
  },

  /** An address that somebody else has is told as a registration with it would be. */
  change_new: async (client, { id, emailKey, userId }) => {
    const [found] = (await client.query<NewAddress>(findNewAddress, [id, emailKey])).rows
    if (found === undefined || userId === null) return undefined
    return found.ownerEmail === null
      ? { template: 'email_change_new', recipient: found.email, userId }
      : { template: 'registration_attempted', recipient: found.ownerEmail, userId, isSecret: false }
  },
}
