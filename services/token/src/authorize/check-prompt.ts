/** What the pages are to do. @see OpenID Connect Core §3.1.2.1, Initiating User Registration 1.0 §4.1 */
import { findParameter, OAuthError, type Prompt, parsePrompt, prompts } from '@latchkey/oauth'
import type { RuleInput } from './request.ts'

/** @throws OAuthError `invalid_request` */
export const checkPrompt = ({ parameters }: RuleInput): ReadonlySet<Prompt> => {
  const text = findParameter(parameters, 'prompt')
  if (text === undefined) return new Set()
  const asked = parsePrompt(text)
  if (asked !== undefined) return asked
  throw new OAuthError('invalid_request', `prompt must be of: ${prompts.join(', ')}; none stands alone`)
}
