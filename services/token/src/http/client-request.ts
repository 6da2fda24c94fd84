/** Reads what the token endpoint and its neighbours are sent: a form, and perhaps an Authorization header. */
import { OAuthError, type OAuthParameters } from '@latchkey/oauth'
import { parseParameters, type Request, readForm, requestIp } from '@latchkey/runtime/http'
import { z } from 'zod'
import type { ClientRequest } from '../client-authentication/index.ts'

const repeatable = ['resource', 'audience']

/** They end up in logs and histories where they stand in a URL. @see draft OAuth 2.1 §2.4.1, §5.1 */
const secrets = [
  'client_secret',
  'client_assertion',
  'code',
  'code_verifier',
  'device_code',
  'refresh_token',
  'access_token',
  'subject_token',
  'actor_token',
  'token',
  'password',
]

const refuseSecretsInUrl = ({ url }: Request): void => {
  const start = url.indexOf('?')
  if (start < 0) return
  const query = parseParameters(url.slice(start + 1), { repeatable: [...repeatable, ...secrets] })
  const found = secrets.find(name => name in query)
  if (found === undefined) return
  throw new OAuthError('invalid_request', `${found} must never be in the URL; send it in the body`)
}

const findAuthorization = (req: Request): string | undefined => {
  const [authorization, ...others] = req.valuesOf('authorization')
  if (others.length > 0)
    throw new OAuthError('invalid_request', 'The Authorization header comes more than once')
  return authorization
}

const anyParameters = z.custom<OAuthParameters>()

/** @throws OAuthError, Problem 400, 413, 415 */
export const readClientRequest = async (req: Request): Promise<ClientRequest> => {
  refuseSecretsInUrl(req)
  const authorization = findAuthorization(req)
  const parameters = await readForm(req, anyParameters, { repeatable })
  const proofs = req.valuesOf('dpop')
  return {
    authorization,
    parameters,
    ipAddress: requestIp(req),
    proofs: proofs.length === 0 ? undefined : [...proofs],
  }
}
