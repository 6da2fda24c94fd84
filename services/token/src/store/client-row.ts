/** How a row of `clients`, with the secrets that have not expired, becomes a client: the one place that trusts the table. */
import type { ClientOrigin } from '../domain/client.ts'
import type { RegisteredClient } from '../domain/client-changes.ts'
import { clientMetadataSchema, fromDocument } from '../domain/client-metadata.ts'
import type { ClientId } from '../domain/ids.ts'

/** Of a `ClientRow`, for statements that call the table `c`. */
export const clientColumns = `
  c.id, c.name, c.type, c.active, c.origin, c.metadata, c.registration_token_hash as "registrationTokenHash",
  c.tokens_ended_at as "tokensEndedAt", c.created_at as "createdAt", c.updated_at as "updatedAt",
  coalesce((select jsonb_agg(jsonb_build_object('secretHash', encode(s.secret_hash, 'hex'),
                                                'createdAt', s.created_at, 'expiresAt', s.expires_at)
                             order by s.created_at desc)
              from client_secrets s
             where s.client_id = c.id and (s.expires_at is null or s.expires_at > now())), '[]') as secrets`

export interface ClientRow {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly active: boolean
  readonly origin: string
  readonly metadata: unknown
  readonly registrationTokenHash: Uint8Array | null
  readonly tokensEndedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly secrets: readonly {
    readonly secretHash: string
    readonly createdAt: string
    readonly expiresAt: string | null
  }[]
}

export const toRegisteredClient = (row: ClientRow): RegisteredClient => ({
  id: row.id as ClientId,
  name: row.name,
  type: row.type === 'public' ? 'public' : 'confidential',
  isActive: row.active,
  origin: row.origin as ClientOrigin,
  secrets: row.secrets.map(({ secretHash, createdAt, expiresAt }) => ({
    hash: Buffer.from(secretHash, 'hex'),
    createdAt: new Date(createdAt),
    ...(expiresAt === null ? {} : { expiresAt: new Date(expiresAt) }),
  })),
  metadata: fromDocument(clientMetadataSchema.parse(row.metadata)),
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  ...(row.tokensEndedAt === null ? {} : { tokensEndedAt: row.tokensEndedAt }),
  ...(row.registrationTokenHash === null
    ? {}
    : { registrationTokenHash: Buffer.from(row.registrationTokenHash) }),
})
