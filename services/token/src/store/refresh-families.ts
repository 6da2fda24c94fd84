/**
 * Refresh families: begun by a sign-in, prolonged by rotation, ended by what ends the session. Postgres is the truth
 * about them; nothing here waits for another service.
 */
import type pg from 'pg'
import type { Membership } from '../domain/authority.ts'
import type { ClaimsRequest, Grant } from '../domain/grant.ts'
import type { ClientId, GrantId, OrganizationId, SessionId, UserId } from '../domain/ids.ts'
import type {
  KnownFamily,
  NewFamily,
  Prolongation,
  ProlongationInput,
  Rotation,
  RotationInput,
  RotationPolicy,
} from '../domain/refresh-family.ts'
import { createBeginRefreshFamilies } from './begin-refresh-families.ts'
import { createMicroBatch } from './micro-batch.ts'
import { createProlongRefreshTokens } from './prolong-refresh-tokens.ts'
import { createRotateRefreshTokens } from './rotate-refresh-tokens.ts'

interface GrantRow {
  token_hash: Buffer
  id: GrantId
  subject: UserId
  session_id: SessionId
  client_id: ClientId
  scope: string
  resources: string[]
  authenticated_at: Date
  authentication_methods: string[]
  acr: string | null
  claims: ClaimsRequest | null
  dpop_jkt: string | null
  organization_id: OrganizationId | null
  offline: boolean
  rotates: boolean
  ends_at: Date
  /** Null where nothing is known about the subject. */
  roles: string[] | null
  permissions: string[] | null
  organizations: Membership[] | null
}

const toGrant = (row: GrantRow): Grant => ({
  id: row.id,
  subject: row.subject,
  sessionId: row.session_id,
  clientId: row.client_id,
  scope: row.scope,
  resources: row.resources,
  authenticatedAt: row.authenticated_at,
  authenticationMethods: row.authentication_methods,
  ...(row.acr === null ? {} : { acr: row.acr }),
  ...(row.claims === null ? {} : { claims: row.claims }),
  ...(row.dpop_jkt === null ? {} : { dpopJkt: row.dpop_jkt }),
  ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
  isOffline: row.offline,
  endsAt: row.ends_at,
})

const toFamily = (row: GrantRow): KnownFamily => {
  const { rotates, roles, permissions, organizations } = row
  const authority =
    roles === null ? undefined : { roles, permissions: permissions ?? [], organizations: organizations ?? [] }
  return { grant: toGrant(row), rotates, authority }
}

// The subject comes along: what somebody may do is read anew for each token.
const grantStatement = `
  select t.token_hash, f.id, f.subject, f.session_id, f.client_id, f.scope, f.resources, f.authenticated_at,
         f.authentication_methods, f.acr, f.claims, f.dpop_jkt, f.organization_id, f.offline, f.rotates, f.ends_at,
         s.roles, s.permissions, s.organizations
    from refresh_tokens t
    join refresh_families f on f.id = t.family_id
    left join subjects s on s.user_id = f.subject and s.deleted_at is null
   where t.token_hash = any($1)`

// Larger ones gain nothing (ADR 6); two statements keep Postgres busy while Node digests the other.
const batching = { maxSize: 64, maxConcurrent: 2 }

export interface RefreshFamiliesDeps {
  readonly pool: pg.Pool
  readonly policy: RotationPolicy
}

export const createRefreshFamilies = ({ pool, policy }: RefreshFamiliesDeps) => {
  const findFamilies = async (hashes: readonly Buffer[]) => {
    const { rows } = await pool.query<GrantRow>({
      name: 'find-grants',
      text: grantStatement,
      values: [hashes],
    })
    const families = new Map(rows.map(row => [row.token_hash.toString('base64'), toFamily(row)]))
    return hashes.map(hash => ({ family: families.get(hash.toString('base64')) }))
  }

  const findBatched = createMicroBatch({
    run: findFamilies,
    keyOf: hash => hash.toString('base64'),
    ...batching,
  })

  return {
    /**
     * @returns how long the first token lives, in seconds: never past the grant's end; 0 where the grant was revoked
     * before its family could begin
     */
    begin: createMicroBatch<NewFamily, number>({
      run: createBeginRefreshFamilies(pool, policy),
      keyOf: ({ grant }) => grant.id,
      ...batching,
    }),

    /** What a refresh token stands for, used, expired and ended ones too; undefined for an unknown one. */
    find: async (tokenHash: Buffer): Promise<KnownFamily | undefined> =>
      (await findBatched(tokenHash)).family,

    /** Uses a refresh token. Parallel calls of many tokens share a statement; of one token, exactly one rotates it. */
    rotate: createMicroBatch<RotationInput, Rotation>({
      run: createRotateRefreshTokens(pool, policy),
      keyOf: input => input.tokenHash.toString('base64'),
      ...batching,
    }),

    /** Uses a refresh token that does not rotate. */
    prolong: createMicroBatch<ProlongationInput, Prolongation>({
      run: createProlongRefreshTokens(pool, policy),
      keyOf: input => input.tokenHash.toString('base64'),
      ...batching,
    }),
  }
}
