/**
 * Whom the client believes to be signed in, by an ID token that we gave it; an old one will do. One that says nothing
 * (another client's, none of ours, or its key is long gone) is passed over where the user can be asked instead.
 *
 * @see OpenID Connect Core §3.1.2.1
 */
import { findParameter, OAuthError, type Prompt } from '@latchkey/oauth'
import type { ReadIdTokenHint } from '../keys/id-token-hint.ts'
import type { RuleInput } from './request.ts'

export interface CheckIdTokenHintDeps {
  readonly readIdTokenHint: ReadIdTokenHint
}

/** The subject; undefined where there is none. @throws OAuthError `login_required` */
export const checkIdTokenHint = async (
  { client, parameters }: RuleInput,
  prompts: ReadonlySet<Prompt>,
  { readIdTokenHint }: CheckIdTokenHintDeps,
): Promise<string | undefined> => {
  const text = findParameter(parameters, 'id_token_hint')
  if (text === undefined) return undefined
  const hint = await readIdTokenHint(text)
  if (hint?.clientId === client.id) return hint.subject
  if (prompts.has('none'))
    throw new OAuthError('login_required', 'id_token_hint is not an ID token that was issued to the client')
  return undefined
}
