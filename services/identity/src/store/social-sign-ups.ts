/** People whom a provider has identified without an address that counts, until they have proven one by a mail. */
import { inTransaction } from '@latchkey/runtime/postgres'
import type { Pool } from 'pg'
import type { EmailAddress } from '../domain/email-address.ts'
import type { JourneyBrowserHash } from '../domain/social-journey.ts'
import type { AddressMail, SignUpTokenHash, SocialSignUp, TicketHash } from '../domain/social-sign-up.ts'
import type { UserName } from '../domain/user-name.ts'
import type { PostAskedMail } from './asked-mails.ts'

interface SignUpRow {
  readonly provider: string
  readonly issuer: string
  readonly subject: string
  readonly name: string | null
  readonly email: string | null
  readonly flow: string | null
}

const columns = 'provider, issuer, subject, name, email, flow'

// Enough for two addresses that were mistyped; few enough to be no nuisance to whose they are.
const mostMails = 3

const toSignUp = ({ name, email, flow, ...rest }: SignUpRow): SocialSignUp => ({
  ...rest,
  name: (name ?? undefined) as UserName | undefined,
  email: (email ?? undefined) as EmailAddress | undefined,
  flow: flow ?? undefined,
})

export interface NewSignUp extends SocialSignUp {
  readonly ticketHash: TicketHash
  readonly browserHash: JourneyBrowserHash
  readonly at: Date
  readonly expiresAt: Date
}

export const createSocialSignUps = ({ pool, postMail }: { pool: Pool; postMail: PostAskedMail }) => {
  const findBy = async (column: 'ticket_hash' | 'token_hash', values: unknown[]) => {
    const { rows } = await pool.query<SignUpRow>(
      `SELECT ${columns} FROM social_sign_ups
        WHERE ${column} = $1 AND browser_hash = $2 AND used_at IS NULL AND expires_at > $3`,
      values,
    )
    return rows[0] && toSignUp(rows[0])
  }
  return {
    begin: async (signUp: NewSignUp): Promise<void> => {
      const { ticketHash, browserHash, provider, issuer, subject, name, email, flow, at, expiresAt } = signUp
      await pool.query(
        `INSERT INTO social_sign_ups (ticket_hash, browser_hash, ${columns}, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          ticketHash,
          browserHash,
          provider,
          issuer,
          subject,
          name ?? null,
          email ?? null,
          flow ?? null,
          at,
          expiresAt,
        ],
      )
    },

    /** Undefined for one that is over, or another browser's. */
    find: (
      ticketHash: TicketHash,
      browserHash: JourneyBrowserHash,
      at: Date,
    ): Promise<SocialSignUp | undefined> => findBy('ticket_hash', [ticketHash, browserHash, at]),

    /** The same by what the mail brought. */
    findByToken: (
      tokenHash: SignUpTokenHash,
      browserHash: JourneyBrowserHash,
      at: Date,
    ): Promise<SocialSignUp | undefined> => findBy('token_hash', [tokenHash, browserHash, at]),

    /** Keeps the address and hands over its mail; false where there were too many, or the sign-up is over. */
    askForProof: (mail: AddressMail): Promise<boolean> =>
      inTransaction(pool, async client => {
        const { ticketHash, browserHash, email, tokenHash, sealedData, locale, askedFrom, at } = mail
        const { rows } = await client.query<{ expiresAt: Date }>(
          `UPDATE social_sign_ups SET email = $3, token_hash = $4, mails = mails + 1
          WHERE ticket_hash = $1 AND browser_hash = $2 AND used_at IS NULL AND expires_at > $5 AND mails < $6
         RETURNING expires_at AS "expiresAt"`,
          [ticketHash, browserHash, email, tokenHash, at, mostMails],
        )
        const [row] = rows
        if (row === undefined) return false
        // Where a quota is full, nobody is told.
        await postMail(client, {
          template: 'address_confirmation',
          recipient: email,
          subject: undefined,
          locale,
          sealedData,
          expiresAt: row.expiresAt.toISOString(),
          askedFrom,
          at,
        })
        return true
      }),

    /** Undefined for any but the first, and for every other browser, which spends nothing. */
    redeem: async (
      tokenHash: SignUpTokenHash,
      browserHash: JourneyBrowserHash,
      at: Date,
    ): Promise<SocialSignUp | undefined> => {
      const { rows } = await pool.query<SignUpRow>(
        `UPDATE social_sign_ups SET used_at = $3
        WHERE token_hash = $1 AND browser_hash = $2 AND used_at IS NULL AND expires_at > $3
       RETURNING ${columns}`,
        [tokenHash, browserHash, at],
      )
      return rows[0] && toSignUp(rows[0])
    },
  }
}
