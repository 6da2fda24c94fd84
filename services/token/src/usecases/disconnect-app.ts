/** A user takes back what an application was given: it has to ask again. */
import type { ClientId, UserId } from '../domain/ids.ts'

export interface DisconnectAppDeps {
  readonly connectedApps: {
    /** Ends consent, families and the access tokens of their grants. Again changes nothing. */
    disconnect(subject: UserId, clientId: ClientId): Promise<void>
  }
}

/** Idempotent. */
export const createDisconnectApp =
  ({ connectedApps }: DisconnectAppDeps) =>
  (subject: UserId, clientId: ClientId): Promise<void> =>
    connectedApps.disconnect(subject, clientId)

export type DisconnectApp = ReturnType<typeof createDisconnectApp>
