/** A client in requests and answers of the admin API: its own members beside those of its metadata. */
import { z } from 'zod'
import type { Client } from '../domain/client.ts'
import { type ClientMetadataPatch, clientMetadataPatchShape, toDocument } from '../domain/client-metadata.ts'
import { clientIdFault } from '../domain/client-rules.ts'
import { chosenSecret } from '../domain/client-secret.ts'
import type { ClientId } from '../domain/ids.ts'

const ownMembers = {
  name: z.string({ error: 'must be text' }),
  client_type: z.enum(['public', 'confidential'], { error: 'must be public or confidential' }).optional(),
  active: z.boolean({ error: 'must be true or false' }).optional(),
}

const chosenId = z.string().transform((text, context): ClientId => {
  const message = clientIdFault(text)
  if (message === undefined) return text as ClientId
  context.addIssue({ code: 'custom', message, params: { code: 'invalid_value' } })
  return z.NEVER
})

/** Of POST. */
export const newClientBody = z.strictObject({
  ...clientMetadataPatchShape,
  ...ownMembers,
  client_id: chosenId.optional(),
  client_secret: z.string().regex(chosenSecret, 'must be 32 to 256 printable ASCII characters').optional(),
})

/** Of PATCH: what is left out stays, null takes a member of the metadata back to its default. */
export const clientPatchBody = z.strictObject({
  ...clientMetadataPatchShape,
  ...ownMembers,
  name: ownMembers.name.optional(),
})

const ownNames = new Set(['name', 'client_type', 'active', 'client_id', 'client_secret'])

/** The members of the metadata, each of which its schema has looked at. */
export const metadataOf = (body: Readonly<Record<string, unknown>>): ClientMetadataPatch =>
  Object.fromEntries(Object.entries(body).filter(([name]) => !ownNames.has(name)))

/** @param rawSecret where one was made just now: it is told this once */
export const toClientJson = (client: Client, rawSecret?: string) => ({
  client_id: client.id,
  ...(rawSecret === undefined ? {} : { client_secret: rawSecret }),
  name: client.name,
  client_type: client.type,
  active: client.isActive,
  origin: client.origin,
  ...toDocument(client.metadata),
  secrets: client.secrets.map(({ createdAt, expiresAt }) => ({
    created_at: createdAt,
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
  })),
  created_at: client.createdAt,
  updated_at: client.updatedAt,
})
