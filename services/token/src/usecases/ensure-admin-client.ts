/**
 * The client by which an installation is managed from its first start on. It is made where there is none of its id, and
 * never touched again: what an operator changes about it stays changed.
 */
import type { Logger } from '@latchkey/runtime/logger'
import type { ClientId } from '../domain/ids.ts'
import { isAdminScope, type Scope } from '../domain/scope.ts'
import type { CreateClient } from './create-client.ts'

export interface EnsureAdminClientDeps {
  readonly createClient: CreateClient
  readonly scopes: { list(): Promise<readonly Scope[]> }
  readonly logger: Pick<Logger, 'info'>
}

export interface AdminCredentials {
  readonly id: ClientId
  readonly rawSecret: string
}

/** Several replicas may do so at once. @throws Error where the credentials can be no client's */
export const createEnsureAdminClient =
  ({ createClient, scopes, logger }: EnsureAdminClientDeps) =>
  async ({ id, rawSecret }: AdminCredentials): Promise<void> => {
    const adminScopes = (await scopes.list()).map(({ name }) => name).filter(isAdminScope)
    const result = await createClient({
      id,
      rawSecret,
      name: 'Latchkey command line',
      type: 'confidential',
      origin: 'operator',
      defaultGrantTypes: ['client_credentials'],
      metadata: { scope: adminScopes.join(' ') },
    })
    if (result.outcome === 'created') logger.info({ client_id: id }, 'the admin client was made')
    if (result.outcome === 'refused')
      throw new Error(result.faults.map(({ field, message }) => `${field} ${message}`).join('; '))
  }
