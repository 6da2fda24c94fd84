/** Changes some of what a client is. A method without a secret drops its secrets; one that needs one makes one. */
import { type Client, usesSecret } from '../domain/client.ts'
import type { ClientChange, RegisteredClient } from '../domain/client-changes.ts'
import { type ClientInput, redraftClient } from '../domain/client-draft.ts'
import { type ClientFault, clientFaults } from '../domain/client-rules.ts'
import { drawClientSecret } from '../domain/client-secret.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { ClientId } from '../domain/ids.ts'
import type { Scope } from '../domain/scope.ts'

export interface UpdateClientDeps {
  readonly registry: {
    change(
      id: string,
      decide: (client: RegisteredClient) => ClientChange,
    ): Promise<RegisteredClient | undefined>
  }
  readonly scopes: { list(): Promise<readonly Scope[]> }
  readonly announce: (id: ClientId) => void
  readonly randomBytes: (size: number) => Uint8Array
}

export interface UpdateClientInput extends ClientInput {
  readonly id: string
  readonly isActive?: boolean | undefined
}

export type UpdatedClient =
  | {
      readonly outcome: 'updated'
      readonly client: Client
      /** Where the change made a secret necessary; to be told once. */
      readonly rawSecret?: string
    }
  | { readonly outcome: 'refused'; readonly faults: readonly ClientFault[] }
  | { readonly outcome: 'unknown' }

/** Leaves the transaction without a change. */
class Refused extends Error {
  readonly faults: readonly ClientFault[]
  constructor(faults: readonly ClientFault[]) {
    super('the client would break a rule')
    this.faults = faults
  }
}

export const createUpdateClient =
  ({ registry, scopes, announce, randomBytes }: UpdateClientDeps) =>
  async ({ id, isActive, ...input }: UpdateClientInput): Promise<UpdatedClient> => {
    const known = new Set((await scopes.list()).map(({ name }) => name))
    let rawSecret: string | undefined

    const decide = (client: RegisteredClient): ClientChange => {
      const draft = redraftClient(client, input)
      const faults = clientFaults(draft, known)
      if (faults.length > 0) throw new Refused(faults)
      const needsSecret = usesSecret(draft.metadata.tokenEndpointAuthMethod)
      if (needsSecret && client.secrets.length === 0) rawSecret = drawClientSecret(randomBytes)
      const made = rawSecret === undefined ? 'keep' : { add: hashSecret(rawSecret), overlapSeconds: 0 }
      return {
        state: { ...draft, isActive: isActive ?? client.isActive },
        secrets: needsSecret ? made : 'none',
      }
    }

    try {
      const client = await registry.change(id, decide)
      if (client === undefined) return { outcome: 'unknown' }
      announce(client.id)
      return { outcome: 'updated', client, ...(rawSecret === undefined ? {} : { rawSecret }) }
    } catch (error) {
      if (error instanceof Refused) return { outcome: 'refused', faults: error.faults }
      throw error
    }
  }

export type UpdateClient = ReturnType<typeof createUpdateClient>
