/**
 * The beginning of refresh families, many in one statement. One whose grant was revoked before it could begin is there
 * already, ended (grant-revocations.ts), and stays as it is.
 */
import type pg from 'pg'
import type { NewFamily, RotationPolicy } from '../domain/refresh-family.ts'

/** The grants come as the JSON of domain/grant.ts: rows with arrays in them have no other way through a parameter. */
const statement = `
  with presented as (
    select * from jsonb_to_recordset($1::jsonb) as g(
      id uuid, "sessionId" uuid, subject uuid, "clientId" text, scope text, resources text[], acr text, claims jsonb,
      "dpopJkt" text, "organizationId" uuid, "isOffline" boolean, "authenticatedAt" timestamptz, "authenticationMethods" text[],
      "endsAt" timestamptz, "tokenHash" bytea, rotates boolean, "ttlSeconds" int)
  ), families as (
    insert into refresh_families
      (id, session_id, subject, client_id, scope, resources, acr, claims, dpop_jkt, organization_id, offline, authenticated_at,
       authentication_methods, ends_at, current_hash, rotates, expires_at)
    select id, "sessionId", subject, "clientId", scope, resources, acr, claims, "dpopJkt", "organizationId", "isOffline",
           "authenticatedAt", "authenticationMethods", "endsAt", "tokenHash", rotates,
           least(now() + make_interval(secs => "ttlSeconds"), "endsAt")
      from presented order by id
    on conflict (id) do nothing
    returning id, current_hash, expires_at
  ), tokens as (
    insert into refresh_tokens (token_hash, family_id, expires_at) select current_hash, id, expires_at from families
  )
  select id, round(extract(epoch from expires_at - now()))::int as expires_in from families`

interface Row {
  id: string
  expires_in: number
}

/** Gives how long each first token lives, in seconds, in the order of the inputs; 0 for one that did not begin. */
export const createBeginRefreshFamilies =
  (pool: pg.Pool, policy: Pick<RotationPolicy, 'ttlSeconds'>) =>
  async (inputs: readonly NewFamily[]): Promise<readonly number[]> => {
    const families = inputs.map(({ grant, rotates, ttlSeconds = policy.ttlSeconds, tokenHash }) => ({
      ...grant,
      tokenHash: `\\x${tokenHash.toString('hex')}`,
      rotates,
      ttlSeconds,
    }))
    const { rows } = await pool.query<Row>({
      name: 'begin-families',
      text: statement,
      values: [JSON.stringify(families)],
    })
    const lives = new Map(rows.map(row => [row.id, row.expires_in]))
    return inputs.map(({ grant }) => lives.get(grant.id) ?? 0)
  }
