/** An application that can act for a user, as the token service tells of it. */
export interface ConnectedApp {
  readonly clientId: string
  readonly name: string
  readonly connectedAt: Date
  /** What it may do, as people read it. */
  readonly permissions: readonly string[]
  /** May act while the user is away. */
  readonly actsOffline: boolean
}
