/** Deletes a client, and with it every grant that its users have given it. */
import type { ClientId } from '../domain/ids.ts'

export interface DeleteClientDeps {
  readonly registry: { delete(id: ClientId): Promise<boolean> }
  readonly announce: (id: ClientId) => void
}

/** False for an unknown id. */
export const createDeleteClient =
  ({ registry, announce }: DeleteClientDeps) =>
  async (id: ClientId): Promise<boolean> => {
    const isDeleted = await registry.delete(id)
    if (isDeleted) announce(id)
    return isDeleted
  }

export type DeleteClient = ReturnType<typeof createDeleteClient>
