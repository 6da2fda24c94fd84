/** What becomes of what somebody says about a client: what is left out gets the value that most clients want. */
import type { Client, ClientAuthMethod } from './client.ts'
import { type ClientMetadataPatch, fromDocument, patchDocument, toDocument } from './client-metadata.ts'
import type { ClientDraft } from './client-rules.ts'
import type { Scope } from './scope.ts'

export interface ClientInput {
  readonly name?: string | undefined
  readonly type?: Client['type'] | undefined
  /** Members of the metadata; null takes one back to its default. */
  readonly metadata: ClientMetadataPatch
}

/**
 * A client that registers itself is told one method (RFC 7591 §2). An operator's, where nothing is said, may use either way
 * to send its secret: libraries differ in which one they take when they are given no more than a secret.
 */
const methodFor = (type: Client['type'], origin: Client['origin']): ClientAuthMethod | undefined => {
  if (type === 'public') return 'none'
  return origin === 'registration' ? 'client_secret_basic' : undefined
}

/** The standard ones for clients that have users, and those that an operator has made the default. @see RFC 7591 §2 */
const scopeFor = (grantTypes: readonly string[], scopes: readonly Scope[]): string => {
  const hasUsers = grantTypes.some(grantType => grantType !== 'client_credentials')
  const standard = hasUsers ? ['openid', 'profile', 'email'] : []
  const offline = grantTypes.includes('refresh_token') ? ['offline_access'] : []
  const defaults = scopes
    .filter(scope => scope.isDefault && (hasUsers || !scope.isBuiltIn))
    .map(({ name }) => name)
  const active = new Set(scopes.filter(({ isActive }) => isActive).map(({ name }) => name))
  return [...new Set([...standard, ...offline, ...defaults])].filter(name => active.has(name)).join(' ')
}

/** A client that does not exist yet. `grantTypes` are what its maker's kind of client has where nothing is said. */
export const draftClient = (
  { name = '', type, metadata }: ClientInput,
  origin: Client['origin'],
  scopes: readonly Scope[],
  grantTypes: Client['metadata']['grantTypes'],
): ClientDraft => {
  const said = metadata.token_endpoint_auth_method
  const chosenType = type ?? (said === 'none' ? 'public' : 'confidential')
  const chosenGrants = metadata.grant_types ?? grantTypes
  const defaults = {
    token_endpoint_auth_method: methodFor(chosenType, origin),
    grant_types: [...chosenGrants],
    scope: scopeFor(chosenGrants, scopes),
  }
  const given = Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null))
  return { name, type: chosenType, origin, metadata: fromDocument(patchDocument(defaults, given)) }
}

/** A client with some members changed. A change of the type changes how it authenticates, and the other way round. */
export const redraftClient = (client: Client, { name, type, metadata }: ClientInput): ClientDraft => {
  const said = metadata.token_endpoint_auth_method
  const saidType =
    said === undefined || said === null ? client.type : said === 'none' ? 'public' : 'confidential'
  const chosenType = type ?? saidType
  const changesType = chosenType !== client.type
  const isOpen = said === null || (said === undefined && changesType)
  const patch = isOpen
    ? { ...metadata, token_endpoint_auth_method: methodFor(chosenType, client.origin) ?? null }
    : metadata
  return {
    name: name ?? client.name,
    type: chosenType,
    origin: client.origin,
    metadata: fromDocument(patchDocument(toDocument(client.metadata), patch)),
  }
}
