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
  readonly demo: { readonly user: { readonly email: string; readonly password: string } }
}
