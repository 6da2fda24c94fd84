/** Makes a client, with a secret where it authenticates by one. */
import type { Client, ClientOrigin, GrantType } from '../domain/client.ts'
import { usesSecret } from '../domain/client.ts'
import type { NewClient } from '../domain/client-changes.ts'
import { type ClientInput, draftClient } from '../domain/client-draft.ts'
import { type ClientFault, clientFaults } from '../domain/client-rules.ts'
import { drawClientSecret } from '../domain/client-secret.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { ClientId } from '../domain/ids.ts'
import type { Scope } from '../domain/scope.ts'

export interface CreateClientDeps {
  readonly registry: {
    create(client: NewClient): Promise<'created' | 'taken'>
    find(id: string): Promise<Client | undefined>
  }
  readonly scopes: { list(): Promise<readonly Scope[]> }
  /** Tells every replica, which may have kept that there is no such client. */
  readonly announce: (id: ClientId) => void
  readonly createId: () => ClientId
  readonly randomBytes: (size: number) => Uint8Array
}

export interface CreateClientInput extends ClientInput {
  readonly origin: ClientOrigin
  /** Where nothing is said about grants. */
  readonly defaultGrantTypes: readonly GrantType[]
  /** Chosen by an operator; a new one otherwise. */
  readonly id?: ClientId | undefined
  /** Chosen by an operator, who answers for its being random; a new one otherwise. */
  readonly rawSecret?: string | undefined
  readonly isActive?: boolean | undefined
  /** SHA-256 of the registration access token. @see RFC 7592 §3 */
  readonly registrationTokenHash?: Buffer | undefined
}

export type CreatedClient =
  | {
      readonly outcome: 'created'
      readonly client: Client
      /** To be told once, and never again. */
      readonly rawSecret?: string
    }
  | { readonly outcome: 'refused'; readonly faults: readonly ClientFault[] }
  | { readonly outcome: 'taken' }

export const createCreateClient =
  ({ registry, scopes, announce, createId, randomBytes }: CreateClientDeps) =>
  async (input: CreateClientInput): Promise<CreatedClient> => {
    const known = await scopes.list()
    const draft = draftClient(input, input.origin, known, input.defaultGrantTypes)
    const faults = clientFaults(draft, new Set(known.map(({ name }) => name)))
    if (faults.length > 0) return { outcome: 'refused', faults }

    const id = input.id ?? createId()
    const rawSecret = usesSecret(draft.metadata.tokenEndpointAuthMethod)
      ? (input.rawSecret ?? drawClientSecret(randomBytes))
      : undefined
    const outcome = await registry.create({
      id,
      origin: input.origin,
      state: { ...draft, isActive: input.isActive ?? true },
      secrets: rawSecret === undefined ? 'none' : { add: hashSecret(rawSecret), overlapSeconds: 0 },
      registrationTokenHash: input.registrationTokenHash,
    })
    if (outcome === 'taken') return { outcome }
    announce(id)
    const client = await registry.find(id)
    // Deleted by somebody in between.
    if (client === undefined) return { outcome: 'taken' }
    return { outcome: 'created', client, ...(rawSecret === undefined ? {} : { rawSecret }) }
  }

export type CreateClient = ReturnType<typeof createCreateClient>
