/** What a command is: one file below `commands/` exports one of these, and the index names it. */
import type { ParseArgsOptionsConfig } from 'node:util'
import type { Logger } from '@latchkey/runtime/logger'
import type { Environment } from '@latchkey/runtime/settings'
import type { ExitCode } from './exit-codes.ts'

export interface Invocation {
  /** What follows the command's own words and is no option. */
  readonly operands: readonly string[]
  readonly options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>
  readonly env: Environment
  /** Prints the result: `text` for a person, `value` for `--output json`. */
  readonly answer: (value: unknown, text: string) => void
  /** Progress, on standard error. */
  readonly logger: Pick<Logger, 'info' | 'warn'>
}

export interface Command {
  /** `migrate`, `certs dev`, `admin client create`: the words that choose it. */
  readonly name: string
  /** `[service…]` */
  readonly operands: string
  /** One sentence without a full stop. */
  readonly summary: string
  readonly options: ParseArgsOptionsConfig
  /** Lines for `--help`, an option each. */
  readonly help: readonly string[]
  /** @throws UsageError for arguments that make no sense, SettingsError for the environment */
  readonly run: (invocation: Invocation) => Promise<ExitCode>
}

/** The caller got the command line wrong; ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What programs are told of a failure besides its message: what the API answered, where it was the API that refused. */
export interface FailureDetails {
  readonly status?: number | undefined
  /** Stable, upper case; where it is not given, the exit code has a word. */
  readonly code?: string | undefined
  /** In place of the message, where that says more than the reason. */
  readonly detail?: string | undefined
  readonly errors?: readonly { readonly field: string; readonly message: string }[] | undefined
  readonly request_id?: string | undefined
}

/** The command could not do what it was asked for; the message is for people, the exit code and details for scripts. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly exitCode: ExitCode
  readonly details: FailureDetails

  constructor(message: string, exitCode: ExitCode, init: ErrorOptions & { details?: FailureDetails } = {}) {
    super(message, init)
    this.exitCode = exitCode
    this.details = init.details ?? {}
  }
}
