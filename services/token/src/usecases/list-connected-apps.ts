/** The applications that can act for a user, as they are to read it. */
import type { ConnectedApp } from '../domain/connected-app.ts'
import type { UserId } from '../domain/ids.ts'
import type { Scope } from '../domain/scope.ts'

export interface ListConnectedAppsDeps {
  readonly connectedApps: { list(subject: UserId): Promise<readonly ConnectedApp[]> }
  readonly findScopes: () => Promise<readonly Scope[]>
  /** In the language of the user. */
  readonly describeScope: (scope: Scope, locale: string) => string
}

export interface DescribedApp extends ConnectedApp {
  readonly permissions: readonly string[]
  readonly actsOffline: boolean
}

export const createListConnectedApps =
  ({ connectedApps, findScopes, describeScope }: ListConnectedAppsDeps) =>
  async (subject: UserId, locale: string): Promise<readonly DescribedApp[]> => {
    const [apps, known] = await Promise.all([connectedApps.list(subject), findScopes()])
    return apps.map(app => ({
      ...app,
      permissions: known
        .filter(({ name }) => app.scopes.includes(name))
        .map(scope => describeScope(scope, locale)),
      actsOffline: app.scopes.includes('offline_access'),
    }))
  }

export type ListConnectedApps = ReturnType<typeof createListConnectedApps>
