/** Which resources a client may have tokens for. @see RFC 8707 §2 */
import { OAuthError, parseResources } from '@latchkey/oauth'
import type { Client } from './client.ts'

/** What a request names, each once. @throws OAuthError `invalid_target` where the client may not ask for it */
export const selectResources = (
  client: Pick<Client, 'metadata'>,
  requested: readonly string[],
): readonly string[] => {
  const resources = parseResources(requested)
  const { resources: own } = client.metadata
  // A client without a list of its own may ask for any.
  if (own.length > 0 && !resources.every(resource => own.includes(resource))) {
    throw new OAuthError('invalid_target', 'resource is not one that the client may ask for')
  }
  return resources
}

/**
 * The resources that an access token of a grant is for: those that the request names, which are never more than the
 * grant's, or all of the grant's. @throws OAuthError `invalid_target`
 */
export const narrowResources = (
  granted: readonly string[],
  requested: readonly string[],
): readonly string[] => {
  const resources = parseResources(requested)
  if (!resources.every(resource => granted.includes(resource))) {
    throw new OAuthError('invalid_target', 'resource is more than what was granted')
  }
  return resources.length === 0 ? granted : resources
}
