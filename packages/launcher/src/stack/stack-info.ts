/** What stack.json says: where everything is, for scripts. It exists while the suite is ready, and only then. */
export interface StackInfo {
  readonly gateway: string
  readonly issuer: string
  readonly mailbox: string
  readonly metrics: string
  readonly database_url: string
  readonly redis_url: string
  /** By process name; Postgres and Redis are there when they are the launcher's own. */
  readonly pids: Readonly<Record<string, number>>
  readonly launcher_pid: number
  /** Who may manage the installation: a user, and the client of the command line. */
  readonly admin: Login & ClientCredentials
  /** What to try things with. */
  readonly demo: ClientCredentials & {
    readonly redirect_uris: readonly string[]
    readonly user: Login
    /** An OpenID Connect server of its own, at which anybody may be whoever they say. */
    readonly provider: {
      readonly name: string
      readonly issuer: string
      readonly user: { readonly email: string }
    }
  }
}

export interface Login {
  readonly email: string
  readonly password: string
}

export interface ClientCredentials {
  readonly client_id: string
  readonly client_secret: string
}
