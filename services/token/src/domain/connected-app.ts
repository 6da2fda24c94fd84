/** An application that can act for a user. */
import type { ClientId } from './ids.ts'

export interface ConnectedApp {
  readonly clientId: ClientId
  readonly name: string
  readonly clientUri: string | undefined
  readonly connectedAt: Date
  /** The names of what it was granted, offline_access among them. */
  readonly scopes: readonly string[]
}
