/** A client registers itself. @see RFC 7591 §3 */
import { OAuthError } from '@latchkey/oauth'
import type { Client } from '../domain/client.ts'
import type { Registration } from '../domain/client-registration.ts'
import type { ClientFault } from '../domain/client-rules.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { CreateClient } from './create-client.ts'

export interface RegisterClientDeps {
  readonly createClient: CreateClient
  readonly createToken: () => string
}

export interface RegisteredNow {
  readonly client: Client
  /** Both to be told once. */
  readonly rawSecret?: string | undefined
  readonly registrationToken: string
}

/** The first fault, in the words of RFC 7591 §3.2.2. */
export const registrationError = (faults: readonly Pick<ClientFault, 'field' | 'message'>[]): OAuthError => {
  const [first] = faults
  const { field, message } = first ?? { field: 'the metadata', message: 'is not valid' }
  const error = /^redirect_uris(\.|$)/.test(field) ? 'invalid_redirect_uri' : 'invalid_client_metadata'
  return new OAuthError(error, `${field === 'name' ? 'client_name' : field} ${message}`)
}

/** @throws OAuthError `invalid_redirect_uri` or `invalid_client_metadata` */
export const createRegisterClient =
  ({ createClient, createToken }: RegisterClientDeps) =>
  async (registration: Registration): Promise<RegisteredNow> => {
    const registrationToken = createToken()
    const created = await createClient({
      ...registration,
      origin: 'registration',
      defaultGrantTypes: ['authorization_code'],
      registrationTokenHash: hashSecret(registrationToken),
    })
    if (created.outcome === 'refused') throw registrationError(created.faults)
    if (created.outcome === 'taken') throw new Error('a new client id was in use')
    return { client: created.client, rawSecret: created.rawSecret, registrationToken }
  }

export type RegisterClient = ReturnType<typeof createRegisterClient>
