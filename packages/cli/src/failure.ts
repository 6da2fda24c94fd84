/** How a failure ends a command: with an exit code, and a sentence for people or a problem for programs. */
import { nameProblem } from '@latchkey/runtime/problem'
import { SettingsError } from '@latchkey/runtime/settings'
import { z } from 'zod'
import { CommandFailed, type FailureDetails, UsageError } from './command.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { printable } from './printable.ts'

export interface Failure {
  readonly exitCode: ExitCode
  /** Of lines that are fit for a terminal. */
  readonly text: string
  /** As the API has them; without a status where it was not the API that refused. @see RFC 9457 §3 */
  readonly problem: object
}

/** @param help the command that says what would be right: `latchkey migrate --help` */
export const failureOf = (error: unknown, help: string): Failure => {
  if (error instanceof UsageError) return failure(exitCodes.usage, `${error.message}; see ${help}`)
  if (error instanceof CommandFailed) {
    const text = error.message.split('\n').map(printable).join('\n')
    return failure(error.exitCode, text, { detail: error.message, ...error.details })
  }
  if (error instanceof SettingsError) {
    return failure(exitCodes.failure, `settings need attention\n${error.message}`, {
      code: 'INVALID_SETTINGS',
      detail: 'settings need attention',
      errors: error.problems.map(({ name, message }) => ({ field: name, message, code: 'invalid_setting' })),
    })
  }
  return failure(exitCodes.failure, reasonOf(error))
}

const wordFor = {
  0: 'OK',
  1: 'FAILED',
  2: 'USAGE',
  3: 'NOT_AUTHENTICATED',
  4: 'NOT_ALLOWED',
  5: 'NOT_FOUND',
} satisfies Record<ExitCode, string>

const failure = (exitCode: ExitCode, text: string, details: FailureDetails = {}): Failure => {
  const { code = wordFor[exitCode], detail = text } = details
  return { exitCode, text, problem: { ...nameProblem(code), ...details, detail, code } }
}

/** A connection that fails at several addresses tells its reasons one level down. */
const reasonOf = (error: unknown): string => {
  if (error instanceof z.ZodError)
    return 'the installation answers in another form than this version of latchkey knows'
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
