/**
 * A registered client looks at its registration, replaces it, or takes it back, by the token that it was given for that.
 * A wrong token and an unknown client are answered alike.
 *
 * @see RFC 7592 §2
 */
import { timingSafeEqual } from 'node:crypto'
import { OAuthError } from '@latchkey/oauth'
import { isSecretOf } from '../client-authentication/client-secrets.ts'
import { type Client, usesSecret } from '../domain/client.ts'
import type { ClientChange, RegisteredClient } from '../domain/client-changes.ts'
import { draftClient } from '../domain/client-draft.ts'
import { decidedByOperators, type Registration } from '../domain/client-registration.ts'
import { clientFaults } from '../domain/client-rules.ts'
import { drawClientSecret } from '../domain/client-secret.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { ClientId } from '../domain/ids.ts'
import type { Scope } from '../domain/scope.ts'
import { registrationError } from './register-client.ts'

export interface ManageRegistrationDeps {
  readonly registry: {
    find(id: string): Promise<RegisteredClient | undefined>
    change(
      id: string,
      decide: (client: RegisteredClient) => ClientChange,
    ): Promise<RegisteredClient | undefined>
    delete(id: ClientId): Promise<boolean>
  }
  readonly scopes: { list(): Promise<readonly Scope[]> }
  readonly announce: (id: ClientId) => void
  readonly randomBytes: (size: number) => Uint8Array
  readonly now: () => Date
}

export interface RegistrationKey {
  readonly clientId: string
  /** Undefined where none came. */
  readonly rawToken: string | undefined
}

const refused = () =>
  new OAuthError('invalid_token', 'Invalid registration access token', {
    headers: {
      'WWW-Authenticate':
        'Bearer error="invalid_token", error_description="Invalid registration access token"',
    },
  })

export const createManageRegistration = ({
  registry,
  scopes,
  announce,
  randomBytes,
  now,
}: ManageRegistrationDeps) => {
  /** @throws OAuthError 401 */
  const authenticate = async ({ clientId, rawToken }: RegistrationKey): Promise<RegisteredClient> => {
    const client = rawToken === undefined ? undefined : await registry.find(clientId)
    const expected = client?.registrationTokenHash
    if (client === undefined || expected === undefined || rawToken === undefined) throw refused()
    if (!timingSafeEqual(expected, hashSecret(rawToken))) throw refused()
    return client
  }

  return {
    read: authenticate,

    /**
     * Everything that is left out goes back to its default, but for what only operators decide about.
     * @param presentedSecret as the client has it, where it sends it along (RFC 7592 §2.2)
     * @returns the secret where the change made one necessary
     * @throws OAuthError 401, `invalid_redirect_uri` or `invalid_client_metadata`
     */
    replace: async (
      key: RegistrationKey,
      { name, metadata }: Registration,
      presentedSecret?: string,
    ): Promise<{ client: Client; rawSecret?: string | undefined }> => {
      const registered = await authenticate(key)
      const { id } = registered
      // Nobody chooses a secret; who sends another one than theirs believes that they do.
      if (presentedSecret !== undefined && !isSecretOf(registered, presentedSecret, now()))
        throw new OAuthError('invalid_client_metadata', 'client_secret must be that of the client')
      const known = await scopes.list()
      let rawSecret: string | undefined
      const client = await registry.change(id, current => {
        const input = { name, metadata: { ...metadata, ...decidedByOperators(current) } }
        const draft = draftClient(input, 'registration', known, ['authorization_code'])
        const faults = clientFaults(draft, new Set(known.map(scope => scope.name)))
        if (faults.length > 0) throw registrationError(faults)
        const needsSecret = usesSecret(draft.metadata.tokenEndpointAuthMethod)
        if (needsSecret && current.secrets.length === 0) rawSecret = drawClientSecret(randomBytes)
        const made = rawSecret === undefined ? 'keep' : { add: hashSecret(rawSecret), overlapSeconds: 0 }
        return {
          state: { ...draft, isActive: current.isActive },
          secrets: needsSecret ? made : 'none',
        }
      })
      if (client === undefined) throw refused()
      announce(id)
      return { client, rawSecret }
    },

    /** @throws OAuthError 401 */
    remove: async (key: RegistrationKey): Promise<void> => {
      const { id } = await authenticate(key)
      await registry.delete(id)
      announce(id)
    },
  }
}

export type ManageRegistration = ReturnType<typeof createManageRegistration>
