/**
 * How well the user is to have proven who they are: `acr_values` and a voluntary claim are wishes, an essential claim and
 * the client's own setting are not.
 *
 * @see OpenID Connect Core §3.1.2.1, §5.5.1.1, RFC 9470 §5
 */
import { findParameter } from '@latchkey/oauth'
import { type AcrDemand, higherOf, knownAcrs, lowestOf, secondFactorAcr } from '../domain/acr.ts'
import type { ClaimRequest, ClaimsRequest } from '../domain/grant.ts'
import type { RuleInput } from './request.ts'

export const wantedValues = (asked: ClaimRequest | undefined): readonly unknown[] => [
  ...(asked?.value === undefined ? [] : [asked.value]),
  ...(asked?.values ?? []),
]

export const checkAcr = ({ client, parameters }: RuleInput, claims: ClaimsRequest | undefined): AcrDemand => {
  const claim = claims?.id_token?.acr
  const byClaim = knownAcrs(wantedValues(claim))
  const named = [...byClaim, ...knownAcrs((findParameter(parameters, 'acr_values') ?? '').split(' '))]
  const byClient = client.metadata.requireMfa ? secondFactorAcr : undefined
  const required = higherOf(claim?.essential === true ? lowestOf(byClaim) : undefined, byClient)
  return { named, required, wanted: higherOf(named[0], required) }
}
