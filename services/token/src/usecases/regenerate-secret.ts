/** A new secret for a client. The one before ends at once, or is good for a while more, so that no request fails. */
import { type Client, usesSecret } from '../domain/client.ts'
import type { ClientChange, RegisteredClient } from '../domain/client-changes.ts'
import { drawClientSecret } from '../domain/client-secret.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { ClientId } from '../domain/ids.ts'

export interface RegenerateSecretDeps {
  readonly registry: {
    change(
      id: string,
      decide: (client: RegisteredClient) => ClientChange,
    ): Promise<RegisteredClient | undefined>
  }
  readonly announce: (id: ClientId) => void
  readonly randomBytes: (size: number) => Uint8Array
}

export type RegeneratedSecret =
  | {
      readonly outcome: 'regenerated'
      readonly client: Client
      /** To be told once, and never again. */
      readonly rawSecret: string
    }
  | { readonly outcome: 'unknown' }
  /** It authenticates by a key, or not at all. */
  | { readonly outcome: 'has_none' }

export const createRegenerateSecret =
  ({ registry, announce, randomBytes }: RegenerateSecretDeps) =>
  async (id: string, overlapSeconds: number): Promise<RegeneratedSecret> => {
    const rawSecret = drawClientSecret(randomBytes)
    let hasOne = false
    const client = await registry.change(id, ({ name, type, isActive, metadata }) => {
      hasOne = usesSecret(metadata.tokenEndpointAuthMethod)
      const secrets = hasOne ? { add: hashSecret(rawSecret), overlapSeconds } : 'keep'
      return { state: { name, type, isActive, metadata }, secrets }
    })
    if (client === undefined) return { outcome: 'unknown' }
    if (!hasOne) return { outcome: 'has_none' }
    announce(client.id)
    return { outcome: 'regenerated', client, rawSecret }
  }

export type RegenerateSecret = ReturnType<typeof createRegenerateSecret>
