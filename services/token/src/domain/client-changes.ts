/** How clients are made, changed and listed. */
import type { Client } from './client.ts'

/** What a change leaves; the id, the origin and the instants are not to be changed. */
export type ClientState = Pick<Client, 'name' | 'type' | 'isActive' | 'metadata'>

/** What becomes of the secrets. `add`: SHA-256 of a new one, the former is good for `overlapSeconds` more. */
export type SecretChange = 'keep' | 'none' | { readonly add: Buffer; readonly overlapSeconds: number }

export interface ClientChange {
  readonly state: ClientState
  readonly secrets: SecretChange
  /** SHA-256 of a new registration access token. */
  readonly registrationTokenHash?: Buffer | undefined
}

export interface NewClient extends ClientChange, Pick<Client, 'id' | 'origin'> {}

export interface RegisteredClient extends Client {
  readonly registrationTokenHash?: Buffer
}

export interface ClientPage {
  readonly limit: number
  /** The last one of the page before. */
  readonly after?: { readonly id: string; readonly createdAt: Date } | undefined
  /** A part of the name or of the id, in any case. */
  readonly search?: string | undefined
}
