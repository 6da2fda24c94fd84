/** Resource indicators: where an access token is to be used. @see RFC 8707 §2 */
import { OAuthError } from './oauth-error.ts'

// An audience of more is a token that opens everything, and a list of any length is work for nothing.
const mostResources = 10
const longestResource = 2_048

/** An absolute URI without a fragment, as it is written: two spellings are two resources. */
export const isResource = (text: string): boolean =>
  text.length <= longestResource && /^[\x21-\x7e]+$/.test(text) && !text.includes('#') && URL.canParse(text)

/** Each once, in their order. @throws OAuthError `invalid_target` */
export const parseResources = (texts: readonly string[]): readonly string[] => {
  if (texts.length > mostResources) {
    throw new OAuthError('invalid_target', `resource may come ${mostResources} times at most`)
  }
  if (!texts.every(isResource)) {
    throw new OAuthError('invalid_target', 'resource must be an absolute URI without a fragment')
  }
  return [...new Set(texts)]
}
