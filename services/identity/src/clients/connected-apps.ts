/** What identity asks of the token service about the applications of a user. */
import { getInstant, type TokenClient } from '@latchkey/contracts'
import type { ConnectedApp } from '../domain/connected-app.ts'
import type { UserId } from '../domain/ids.ts'

export const createConnectedApps = (client: Pick<TokenClient, 'listConnectedApps' | 'disconnectApp'>) => ({
  /** @param locale in which the permissions are described */
  list: async (userId: UserId, locale: string): Promise<readonly ConnectedApp[]> => {
    const { apps } = await client.listConnectedApps({ userId, locale })
    return apps.map(({ clientId, clientName, connectedAt, permissions, actsOffline }) => ({
      clientId,
      name: clientName,
      connectedAt: getInstant(connectedAt, 'connected_at'),
      permissions,
      actsOffline,
    }))
  },

  /** Idempotent. */
  disconnect: async (userId: UserId, clientId: string): Promise<void> => {
    await client.disconnectApp({ userId, clientId })
  },
})
