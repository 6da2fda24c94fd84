/**
 * The authorization request, rule by rule in the order of the protocol. Until a registered redirect URI is known an
 * error goes to nobody but the user; from then on it goes to the client.
 *
 * @see draft OAuth 2.1 §4.1.1, §4.1.2.1, OpenID Connect Core §3.1.2.1
 */
import { findParameter, OAuthError, type OAuthParameters } from '@latchkey/oauth'
import type { Client } from '../domain/client.ts'
import { scopesOfClaims } from '../domain/subject-claims.ts'
import { checkAcr } from './check-acr.ts'
import { checkClaims, subjectOfClaims } from './check-claims.ts'
import { checkClient } from './check-client.ts'
import { checkDpopJkt } from './check-dpop-jkt.ts'
import { type CheckIdTokenHintDeps, checkIdTokenHint } from './check-id-token-hint.ts'
import { checkMaxAge } from './check-max-age.ts'
import { checkNonce } from './check-nonce.ts'
import { checkOrganization } from './check-organization.ts'
import { checkPkce } from './check-pkce.ts'
import { checkPrompt } from './check-prompt.ts'
import { checkResources } from './check-resources.ts'
import { checkResponseMode } from './check-response-mode.ts'
import { checkResponseType } from './check-response-type.ts'
import { type CheckScopeDeps, checkScope } from './check-scope.ts'
import { checkTarget, findTarget } from './check-target.ts'
import { type FindClientDeps, findActiveClient } from './find-client.ts'
import {
  type ReceivedParameters,
  receiveParameters,
  refuseDuplicates,
  refuseUnclearTarget,
} from './received-parameters.ts'
import type { AuthorizationRequest, ResponseTarget } from './request.ts'
import { type UnwrapDeps, unwrapPush, unwrapRequest } from './unwrap.ts'

export type { AuthorizationRequest, ResponseTarget } from './request.ts'

export type ReadRequest =
  | { readonly outcome: 'valid'; readonly request: AuthorizationRequest }
  /** The client is told by redirect. */
  | { readonly outcome: 'refused'; readonly target: ResponseTarget; readonly error: OAuthError }

export type AuthorizationRulesDeps = FindClientDeps & UnwrapDeps & CheckScopeDeps & CheckIdTokenHintDeps

export const createAuthorizationRules = (deps: AuthorizationRulesDeps) => {
  const check = async (
    client: Client,
    target: ResponseTarget,
    { parameters, duplicates }: ReceivedParameters,
  ): Promise<AuthorizationRequest> => {
    const input = { client, parameters }
    refuseDuplicates({ parameters, duplicates })
    checkClient(input)
    checkResponseType(input)
    checkResponseMode(input)
    const scopes = await checkScope(input, deps)
    const codeChallenge = checkPkce(input, scopes)
    const resources = checkResources(input)
    const prompts = checkPrompt(input)
    const maxAgeSeconds = checkMaxAge(input)
    const claims = await checkClaims(input, deps)
    const asked = [...new Set([...scopes, ...scopesOfClaims(claims ?? {})])]
    const hintedSubject = await checkIdTokenHint(input, prompts, deps)
    const nonce = checkNonce(input)
    const dpopJkt = checkDpopJkt(input)
    const organization = checkOrganization(input, scopes)
    return {
      client,
      target,
      parameters: { ...parameters, redirect_uri: target.redirectUri },
      codeChallenge,
      nonce,
      scopes,
      asked,
      resources,
      prompts,
      maxAgeSeconds,
      claims,
      acr: checkAcr(input, claims),
      expectedSubject: hintedSubject ?? subjectOfClaims(claims),
      dpopJkt,
      organization,
    }
  }

  /** What `read` gives, or the refusal for the client to hear where `target` is known. */
  const orRefusal = async <Result>(
    target: ResponseTarget | undefined,
    read: () => Promise<Result>,
  ): Promise<Result | Extract<ReadRequest, { outcome: 'refused' }>> => {
    try {
      return await read()
    } catch (error) {
      if (error instanceof OAuthError && target !== undefined) return { outcome: 'refused', target, error }
      throw error
    }
  }

  const read = (client: Client, received: ReceivedParameters): Promise<ReadRequest> => {
    const target = checkTarget({ client, parameters: received.parameters })
    return orRefusal(target, async () => ({
      outcome: 'valid',
      request: await check(client, target, received),
    }))
  }

  return {
    /**
     * A request as it came, each parameter with all its values.
     * @throws OAuthError what no client may be told by redirect
     */
    readNew: async (lists: OAuthParameters): Promise<ReadRequest> => {
      const received = receiveParameters(lists)
      refuseUnclearTarget(received)
      const client = await findActiveClient(deps, received.parameters)
      const input = { client, parameters: received.parameters }
      const unwrapped = await orRefusal(findTarget(input), async () => ({
        outcome: 'unwrapped' as const,
        ...(await unwrapRequest(input, deps)),
      }))
      if (unwrapped.outcome === 'refused') return unwrapped
      const { parameters } = receiveParameters(unwrapped.parameters)
      if (unwrapped.refusal !== undefined)
        return { outcome: 'refused', target: checkTarget({ client, parameters }), error: unwrapped.refusal }
      return read(client, { parameters, duplicates: received.duplicates })
    },

    /** A request that was stored, against the client as it is now. @throws OAuthError as above */
    readStored: async (parameters: OAuthParameters): Promise<ReadRequest> =>
      read(await findActiveClient(deps, parameters), { parameters, duplicates: [] }),

    /** A request that the client itself leaves with us, and hears all about. @throws OAuthError */
    readPush: async (client: Client, lists: OAuthParameters): Promise<AuthorizationRequest> => {
      const { parameters } = receiveParameters({ client_id: client.id, ...lists })
      if (findParameter(parameters, 'client_id') !== client.id)
        throw new OAuthError('invalid_request', 'client_id is not the client that was authenticated')
      const pushed = receiveParameters(await unwrapPush({ client, parameters }, deps))
      return check(client, checkTarget({ client, parameters: pushed.parameters }), pushed)
    },
  }
}

export type AuthorizationRules = ReturnType<typeof createAuthorizationRules>
