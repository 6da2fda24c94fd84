/** What the access tokens are to be for. @see RFC 8707 §2.1 */
import { listParameter } from '@latchkey/oauth'
import { selectResources } from '../domain/client-resources.ts'
import type { RuleInput } from './request.ts'

/** @throws OAuthError `invalid_target` */
export const checkResources = ({ client, parameters }: RuleInput): readonly string[] =>
  selectResources(client, listParameter(parameters, 'resource'))
