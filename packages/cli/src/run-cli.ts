/** One call of `latchkey`, apart from the process: words in, text and an exit code out. */
import { createLogger } from '@latchkey/runtime/logger'
import type { Environment } from '@latchkey/runtime/settings'
import { type Command, UsageError } from './command.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { failureOf } from './failure.ts'
import { commandHelp, overview } from './help.ts'
import { type CommandLine, helpFor, parseCommandLine, wantsJson } from './parse-command-line.ts'
import { printableJson } from './printable.ts'

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
    const { exitCode, text, problem } = failureOf(error, helpFor(init.commands, init.words))
    init.err(wantsJson(init.words) ? printableJson(problem) : `latchkey: ${text}`)
    return exitCode
  }
}

const run = async (init: CliInit, line: CommandLine): Promise<ExitCode> => {
  const { command, output } = line
  if (line.help) {
    init.out(command === undefined ? overview(line.group) : commandHelp(command))
    return exitCodes.ok
  }
  if (command === undefined) {
    if (output === 'json') throw new UsageError('say a command')
    init.err(overview(line.group))
    return exitCodes.usage
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
