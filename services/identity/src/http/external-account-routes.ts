/** The accounts at providers that are ways into one's own: which there are, and the end of one. Linking needs a browser. */
import type { Authenticate } from '@latchkey/contracts'
import { pathParameter, type Route } from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import { notFound } from '@latchkey/runtime/problem'
import type { ExternalAccount, ExternalAccountId } from '../domain/external-account.ts'
import type { UserId } from '../domain/ids.ts'
import type { UnlinkExternalAccount } from '../usecases/unlink-external-account.ts'
import type { AuthenticateRecent } from './reauthentication.ts'
import { socialRefusals } from './social-refusals.ts'

export interface ExternalAccountRoutesDeps {
  readonly authenticate: Authenticate
  readonly authenticateRecent: AuthenticateRecent
  readonly listExternalAccounts: (userId: UserId) => Promise<readonly ExternalAccount[]>
  readonly unlinkExternalAccount: UnlinkExternalAccount
}

const accountJson = ({ id, provider, email, linkedAt, lastUsedAt }: ExternalAccount) => ({
  id,
  provider,
  email: email ?? null,
  linked_at: linkedAt.toISOString(),
  last_used_at: lastUsedAt.toISOString(),
})

export const createExternalAccountRoutes = (deps: ExternalAccountRoutesDeps): readonly Route[] => [
  {
    method: 'GET',
    path: '/auth/external-accounts',
    handler: async (req, res) => {
      const { userId } = await deps.authenticate(req)
      const accounts = await deps.listExternalAccounts(userId as UserId)
      res.json({ external_accounts: accounts.map(accountJson), total: accounts.length })
    },
  },
  {
    method: 'DELETE',
    path: '/auth/external-accounts/:id',
    handler: async (req, res) => {
      const change = await deps.authenticateRecent(req)
      const id = pathParameter(req, 'id')
      const outcome = isUuid(id)
        ? await deps.unlinkExternalAccount(change, id as ExternalAccountId)
        : 'unknown'
      if (outcome === 'unknown') throw notFound()
      if (outcome === 'last_way_in') throw socialRefusals.last_way_in()
      res.status(204).end()
    },
  },
]
