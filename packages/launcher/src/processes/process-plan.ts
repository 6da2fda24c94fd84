/** What it takes to run one process; made by `stack` for services and by `providers` for the stores. */
export interface ProcessPlan {
  /** `token`, `token-2`, `postgres`: its log file and its key in stack.json. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Runs as another user; only root can ask for it. */
  readonly account?: { readonly uid: number; readonly gid: number }
  /** Opens a channel whose end tells the child that the launcher is gone, however it went. */
  readonly noticesOurEnd: boolean
  /** Whether it does its work; asked until it says so. Never rejects. */
  readonly isReady: () => Promise<boolean>
  readonly stopSignal: NodeJS.Signals
  /** After that long it is killed. */
  readonly stopTimeoutMs: number
  /**
   * How far the process steps back where there are not cores enough, as `nice` has it. Linux weighs processes by session,
   * and each of ours is one of its own, so that a thread's or a process's own niceness would only count within it.
   */
  readonly niceness?: number
}
