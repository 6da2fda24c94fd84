/** One call of `latchkey`, apart from the process: words in, text and an exit code out. */
import { createLogger } from '@latchkey/runtime/logger'
import { type Environment, SettingsError } from '@latchkey/runtime/settings'
import { z } from 'zod'
import { type Command, CommandFailed, UsageError } from './command.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { commandHelp, overview } from './help.ts'
import { type CommandLine, findCommand, parseCommandLine } from './parse-command-line.ts'
import { printable, printableJson } from './printable.ts'

export interface CliInit {
  readonly commands: readonly Command[]
  readonly words: readonly string[]
  readonly env: Environment
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

export const runCli = async (init: CliInit): Promise<ExitCode> => {
  try {
    return await run(init, parseCommandLine(init.commands, init.words))
  } catch (error) {
    if (error instanceof UsageError) {
      const name = findCommand(init.commands, init.words)?.name
      init.err(`latchkey: ${error.message}; see ${['latchkey', name, '--help'].filter(Boolean).join(' ')}`)
      return exitCodes.usage
    }
    if (error instanceof CommandFailed) {
      init.err(`latchkey: ${error.message.split('\n').map(printable).join('\n')}`)
      return error.exitCode
    }
    init.err(
      `latchkey: ${error instanceof SettingsError ? `settings need attention\n${error.message}` : reasonOf(error)}`,
    )
    return exitCodes.failure
  }
}

const run = async (init: CliInit, line: CommandLine): Promise<ExitCode> => {
  const { command, output } = line
  if (command === undefined || line.help) {
    const text = command === undefined ? overview(line.group) : commandHelp(command)
    if (line.help) init.out(text)
    else init.err(text)
    return line.help ? exitCodes.ok : exitCodes.usage
  }
  return command.run({
    operands: line.operands,
    options: line.options,
    env: init.env,
    answer: (value, text) => init.out(output === 'json' ? printableJson(value) : text),
    logger: createLogger({
      service: 'cli',
      destination: { write: text => init.err(text.trimEnd()) },
      level: 'WARN',
    }),
  })
}

/** A connection that fails at several addresses tells its reasons one level down. */
const reasonOf = (error: unknown): string => {
  if (error instanceof z.ZodError)
    return 'the installation answers in another form than this version of latchkey knows'
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
