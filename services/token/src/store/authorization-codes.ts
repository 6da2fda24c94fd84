/**
 * Authorization codes, by their hash. One statement issues a code and notes that its session has signed in to the
 * client; one conditional UPDATE settles which of many requests redeems it.
 */
import type pg from 'pg'
import type { CodeRedemption, CodeUse, NewCode } from '../domain/authorization-code.ts'
import { fromGrantDocument, type GrantDocument } from '../domain/grant.ts'

const issueStatement = `
  with code as (
    insert into authorization_codes
      (code_hash, client_id, grant_id, "grant", redirect_uri, code_challenge, nonce, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8))
  )
  insert into client_sessions (session_id, client_id, subject, ends_at) values ($9, $2, $10, $11)
  on conflict (session_id, client_id) do nothing`

/*
 * A waiting UPDATE judges the row as the one before it left it, and finds it used. The row beside it is read as it was
 * when the statement began: one that was neither used nor over then, and could not be redeemed, was used meanwhile.
 */
const redeemStatement = `
  with redeemed as (
    update authorization_codes set used_at = now()
     where code_hash = $1 and client_id = $2 and used_at is null and expires_at > now()
    returning code_hash
  )
  select case
           when r.code_hash is not null then 'redeemed'
           when c.used_at is null and c.expires_at <= now() then 'expired'
           else 'used'
         end as outcome, c."grant", c.redirect_uri, c.code_challenge, c.nonce
    from authorization_codes c left join redeemed r using (code_hash)
   where c.code_hash = $1 and c.client_id = $2`

interface Row {
  outcome: 'redeemed' | 'used' | 'expired'
  grant: GrantDocument
  redirect_uri: string
  code_challenge: string | null
  nonce: string | null
}

const toRedemption = (row: Row | undefined): CodeRedemption => {
  if (row === undefined) return { outcome: 'unknown' }
  const grant = fromGrantDocument(row.grant)
  switch (row.outcome) {
    case 'redeemed':
      return {
        outcome: 'redeemed',
        grant,
        redirectUri: row.redirect_uri,
        ...(row.code_challenge === null ? {} : { codeChallenge: row.code_challenge }),
        ...(row.nonce === null ? {} : { nonce: row.nonce }),
      }
    case 'used':
      return { outcome: 'used', grant }
    case 'expired':
      return { outcome: 'expired' }
  }
}

export const createAuthorizationCodes = ({ pool }: { pool: pg.Pool }) => ({
  issue: async (code: NewCode): Promise<void> => {
    const { codeHash, grant, redirectUri, codeChallenge, nonce, ttlSeconds, sessionEndsAt } = code
    const values = [codeHash, grant.clientId, grant.id, JSON.stringify(grant), redirectUri, codeChallenge]
    await pool.query({
      name: 'issue-code',
      text: issueStatement,
      values: [...values, nonce, ttlSeconds, grant.sessionId, grant.subject, sessionEndsAt],
    })
  },

  /** Uses a code up: of any number of parallel calls, one redeems it. */
  redeem: async ({ codeHash, clientId }: CodeUse): Promise<CodeRedemption> => {
    const { rows } = await pool.query<Row>({
      name: 'redeem-code',
      text: redeemStatement,
      values: [codeHash, clientId],
    })
    return toRedemption(rows[0])
  },
})

export type AuthorizationCodes = ReturnType<typeof createAuthorizationCodes>
