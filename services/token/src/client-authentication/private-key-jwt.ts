/**
 * `private_key_jwt`: an assertion that the client signed with a key of its own, good once. @see RFC 7523 §2.2, §3
 */
import {
  clientAssertionType,
  clientIdOfAssertion,
  findParameter,
  judgeClientAssertion,
  OAuthError,
} from '@latchkey/oauth'
import type { Logger } from '@latchkey/runtime/logger'
import type { ClientKeys } from '../client-keys/index.ts'
import type { Client } from '../domain/client.ts'
import type { IdUse } from '../domain/used-id.ts'
import type { FindAttempt, Judgement } from './attempt.ts'

export interface PrivateKeyJwtDeps {
  readonly issuer: string
  readonly verifyClientJwt: ClientKeys['verifyClientJwt']
  readonly usedIds: { use(use: IdUse): Promise<boolean> }
  readonly now: () => Date
  readonly logger: Pick<Logger, 'info'>
}

export const createPrivateKeyJwt = (deps: PrivateKeyJwtDeps): FindAttempt => {
  const { issuer, verifyClientJwt, usedIds, now, logger } = deps

  const judge = async (assertion: string, client: Client | undefined): Promise<Judgement> => {
    // Nobody else has the method: no key of theirs is fetched, no id used up.
    if (client?.isActive !== true || client.metadata.tokenEndpointAuthMethod !== 'private_key_jwt')
      return 'wrong'
    const judged = await judgeClientAssertion(assertion, {
      clientId: client.id,
      issuer,
      algorithm: client.metadata.tokenEndpointAuthSigningAlg,
      now: now(),
      verify: (jwt, options) => verifyClientJwt(client, jwt, options),
    })
    if (judged.outcome === 'refused') {
      logger.info({ client_id: client.id, why: judged.reason }, 'a client assertion was refused')
      return 'wrong'
    }
    const { jti, expiresAt } = judged
    const isFirst = await usedIds.use({ kind: 'client_assertion', owner: client.id, id: jti, expiresAt })
    if (isFirst) return 'right'
    logger.info({ client_id: client.id, why: 'it was used before' }, 'a client assertion was refused')
    return 'replayed'
  }

  return ({ parameters }) => {
    const type = findParameter(parameters, 'client_assertion_type')
    const assertion = findParameter(parameters, 'client_assertion')
    if (type === undefined && assertion === undefined) return undefined
    if (type !== clientAssertionType || assertion === undefined)
      throw new OAuthError(
        'invalid_request',
        `client_assertion comes with the client_assertion_type ${clientAssertionType}`,
      )
    const clientId = clientIdOfAssertion(assertion)
    if (clientId === undefined) throw new OAuthError('invalid_client', 'Client authentication failed')
    return { method: 'private_key_jwt', clientId, judge: client => judge(assertion, client) }
  }
}
