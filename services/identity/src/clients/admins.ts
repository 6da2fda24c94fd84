/** Asks the token service who calls the admin API, and whether they may. */
import type { TokenClient } from '@latchkey/contracts'
import { RpcFailure } from '@latchkey/runtime/grpc'
import type { AuthorizeAdmin } from '../domain/admin.ts'
import { BearerRefused } from '../errors.ts'

/** Refusals tell the status and headers of the answer; without them the service itself is away. */
const toRefusal = (error: unknown): BearerRefused | undefined => {
  if (!(error instanceof RpcFailure) || error.reason === undefined) return undefined
  const { status, ...headers } = error.metadata
  if (status === undefined) return undefined
  return new BearerRefused(error.reason, error.message, { status: Number(status), headers, cause: error })
}

export const createAdmins = (client: Pick<TokenClient, 'authorizeAdmin'>) => {
  /** @throws BearerRefused, and RpcFailure where nobody can judge */
  const authorize: AuthorizeAdmin = async ({ authorization, proofs, method, path }, scope) => {
    const request = { authorization: [...authorization], dpopProofs: [...proofs], method, path, scope }
    const { clientId, dpopNonce } = await client.authorizeAdmin(request).catch(error => {
      throw toRefusal(error) ?? error
    })
    return { admin: { clientId }, dpopNonce: dpopNonce === '' ? undefined : dpopNonce }
  }
  return { authorize }
}
