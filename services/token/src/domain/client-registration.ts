/**
 * What a client may say about itself, and what it is told. Members that only operators decide about (PKCE, consent, the
 * second factor, lifetimes, origins) are not among them, and like all unknown ones are passed over.
 *
 * @see RFC 7591 §2, §3; OpenID Connect Registration §2
 */
import { z } from 'zod'
import type { Client } from './client.ts'
import {
  type ClientMetadataPatch,
  clientMetadataPatchShape,
  type clientMetadataSchema,
  toDocument,
} from './client-metadata.ts'

const members = [
  'redirect_uris',
  'post_logout_redirect_uris',
  'grant_types',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'scope',
  'jwks',
  'jwks_uri',
  'id_token_signed_response_alg',
  'userinfo_signed_response_alg',
  'introspection_signed_response_alg',
  'require_pushed_authorization_requests',
  'require_signed_request_object',
  'request_object_signing_alg',
  'dpop_bound_access_tokens',
  'backchannel_logout_uri',
  'backchannel_logout_session_required',
  'frontchannel_logout_uri',
  'frontchannel_logout_session_required',
  'default_max_age',
  'require_auth_time',
  'initiate_login_uri',
  'logo_uri',
  'client_uri',
  'policy_uri',
  'tos_uri',
  'contacts',
] as const satisfies readonly (keyof typeof clientMetadataSchema.shape)[]

const isSaidByClients = (name: string): boolean => members.some(member => member === name)

/** What a client has no say in: it stays when the client replaces its registration. @see RFC 7592 §2.2 */
export const decidedByOperators = ({ metadata }: Pick<Client, 'metadata'>): ClientMetadataPatch =>
  Object.fromEntries(Object.entries(toDocument(metadata)).filter(([name]) => !isSaidByClients(name)))

export const registrationSchema = z.object({
  ...Object.fromEntries(members.map(name => [name, clientMetadataPatchShape[name] ?? z.undefined()])),
  client_name: z.string({ error: 'must be text' }).nullish(),
  response_types: z.array(z.literal('code', { error: 'can only be code' })).nullish(),
  subject_type: z.literal('public', { error: 'can only be public: pairwise is not supported' }).nullish(),
})

export interface Registration {
  readonly name: string
  readonly metadata: ClientMetadataPatch
}

const hostOf = (uri: string | undefined): string | undefined =>
  uri !== undefined && URL.canParse(uri) ? new URL(uri).host || undefined : undefined

/** A client that gives no name is shown by where its users are sent. */
export const toRegistration = (request: z.output<typeof registrationSchema>): Registration => {
  const { client_name: name, response_types: _, subject_type: __, ...rest } = request
  const metadata: ClientMetadataPatch = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== null),
  )
  return { name: name ?? hostOf(metadata.redirect_uris?.[0]) ?? 'Unnamed client', metadata }
}

/** The registered metadata, as a client is told it. @see RFC 7591 §3.2.1 */
export const toRegisteredMetadata = ({ name, metadata }: Client) => {
  const document = toDocument(metadata)
  return {
    client_name: name,
    ...Object.fromEntries(
      members.flatMap(member => (member in document ? [[member, document[member]]] : [])),
    ),
    response_types: metadata.grantTypes.includes('authorization_code') ? ['code'] : [],
  }
}
