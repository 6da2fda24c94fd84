/** The key that the code is bound to before it is redeemed. @see RFC 9449 §10 */
import { findParameter } from '@latchkey/oauth'
import { codeBindingOf } from '../domain/dpop-binding.ts'
import type { RuleInput } from './request.ts'

/** @throws OAuthError `invalid_request` */
export const checkDpopJkt = ({ parameters }: RuleInput): string | undefined =>
  codeBindingOf(findParameter(parameters, 'dpop_jkt'))
