/**
 * Authorization codes, by their hash. Issuing one notes that its session has signed in to the client; redeeming one is
 * settled by the lock on its row. Parallel calls share a statement, in which no code may be twice.
 */
import type pg from 'pg'
import type { CodeRedemption, CodeUse, NewCode } from '../domain/authorization-code.ts'
import { fromGrantDocument, type GrantDocument } from '../domain/grant.ts'
import { createMicroBatch } from './micro-batch.ts'

/** Sessions are noted in one order, so that statements that share them wait for each other and never in a circle. */
const issueStatement = `
  with presented as materialized (
    select * from unnest($1::bytea[], $2::text[], $3::uuid[], $4::jsonb[], $5::text[], $6::text[], $7::text[],
                         $8::float8[], $9::float8[], $10::uuid[], $11::uuid[], $12::timestamptz[])
      as p(code_hash, client_id, grant_id, "grant", redirect_uri, code_challenge, nonce, ttl_seconds, kept_seconds,
           session_id, subject, ends_at)
  ), codes as (
    insert into authorization_codes
      (code_hash, client_id, grant_id, "grant", redirect_uri, code_challenge, nonce, expires_at, kept_until)
    select code_hash, client_id, grant_id, "grant", redirect_uri, code_challenge, nonce,
           now() + make_interval(secs => ttl_seconds), now() + make_interval(secs => ttl_seconds + kept_seconds)
      from presented
  )
  insert into client_sessions (session_id, client_id, subject, ends_at)
  select distinct on (session_id, client_id) session_id, client_id, subject, ends_at
    from presented order by session_id, client_id
  on conflict (session_id, client_id) do nothing`

/*
 * A waiting statement judges the row as the one before it left it: FOR UPDATE reads the locked row anew. now() may be
 * a little older than used_at then, which is used all the same.
 */
const redeemStatement = `
  with presented as (
    select * from unnest($1::bytea[], $2::text[]) as p(code_hash, client_id)
  ), locked as materialized (
    select c.* from presented p join authorization_codes c using (code_hash, client_id)
     order by c.code_hash
       for update of c
  ), judged as materialized (
    select *, case
        when used_at is not null then 'used'
        when expires_at <= now() then 'expired'
        else 'redeemed'
      end as outcome
    from locked
  ), redeemed as (
    update authorization_codes c set used_at = now()
      from judged j where c.code_hash = j.code_hash and j.outcome = 'redeemed'
  )
  select code_hash, outcome, "grant", redirect_uri, code_challenge, nonce from judged`

interface Row {
  code_hash: Buffer
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

// As for refresh tokens (ADR 6).
const batching = { maxSize: 64, maxConcurrent: 2 }

const keyOf = (codeHash: Buffer) => codeHash.toString('base64')

export const createAuthorizationCodes = ({ pool }: { pool: pg.Pool }) => {
  const insert = async (codes: readonly NewCode[]): Promise<readonly true[]> => {
    const grants = codes.map(code => code.grant)
    await pool.query({
      name: 'issue-codes',
      text: issueStatement,
      values: [
        codes.map(code => code.codeHash),
        grants.map(grant => grant.clientId),
        grants.map(grant => grant.id),
        grants.map(grant => JSON.stringify(grant)),
        codes.map(code => code.redirectUri),
        codes.map(code => code.codeChallenge),
        codes.map(code => code.nonce),
        codes.map(code => code.ttlSeconds),
        codes.map(code => code.keptSeconds),
        grants.map(grant => grant.sessionId),
        grants.map(grant => grant.subject),
        codes.map(code => code.sessionEndsAt),
      ],
    })
    return codes.map(() => true)
  }

  const redeem = async (uses: readonly CodeUse[]): Promise<readonly CodeRedemption[]> => {
    const { rows } = await pool.query<Row>({
      name: 'redeem-codes',
      text: redeemStatement,
      values: [uses.map(use => use.codeHash), uses.map(use => use.clientId)],
    })
    const byHash = new Map(rows.map(row => [keyOf(row.code_hash), row]))
    return uses.map(use => toRedemption(byHash.get(keyOf(use.codeHash))))
  }

  const issueBatched = createMicroBatch({
    run: insert,
    keyOf: (code: NewCode) => keyOf(code.codeHash),
    ...batching,
  })

  return {
    issue: async (code: NewCode): Promise<void> => {
      await issueBatched(code)
    },

    /** Uses a code up: of any number of parallel calls, one redeems it. */
    redeem: createMicroBatch<CodeUse, CodeRedemption>({
      run: redeem,
      keyOf: use => keyOf(use.codeHash),
      ...batching,
    }),
  }
}

export type AuthorizationCodes = ReturnType<typeof createAuthorizationCodes>
