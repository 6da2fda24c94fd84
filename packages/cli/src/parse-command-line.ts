/** Finds the command that the words name, and reads its options and operands. */
import { parseArgs } from 'node:util'
import { type Command, UsageError } from './command.ts'

export const outputs = ['text', 'json'] as const

export interface CommandLine {
  /** Undefined where the words are those of a group, or none. */
  readonly command: Command | undefined
  /** What the words can be the beginning of: all commands where there are none. */
  readonly group: readonly Command[]
  readonly help: boolean
  readonly output: (typeof outputs)[number]
  readonly operands: readonly string[]
  readonly options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>
}

/** `--yes` too: scripts say it wherever they change something, and few commands ask for it. */
const globalOptions = {
  help: { type: 'boolean', short: 'h' },
  output: { type: 'string' },
  yes: { type: 'boolean' },
} as const

/** @throws UsageError naming the word or option that is wrong */
export const parseCommandLine = (commands: readonly Command[], typed: readonly string[]): CommandLine => {
  // What everybody tries first.
  const words = typed[0] === '--version' ? ['version', ...typed.slice(1)] : typed
  const command = findCommand(commands, words)
  const rest = command === undefined ? words : words.slice(command.name.split(' ').length)
  const { values, positionals } = parse(rest, command)
  const { help, output = 'text', ...options } = values
  const group = commands.filter(({ name }) =>
    positionals.every((word, index) => name.split(' ')[index] === word),
  )
  if (command === undefined && group.length === 0) {
    throw new UsageError(`no command ${JSON.stringify(positionals.join(' '))}`)
  }
  const chosen = outputs.find(each => each === output)
  if (chosen === undefined) throw new UsageError(`--output is ${outputs.join(' or ')}`)
  return { command, group, help: help === true, output: chosen, operands: positionals, options }
}

/** The longest name that the first words spell: `admin client` must not hide `admin client create`. */
export const findCommand = (commands: readonly Command[], words: readonly string[]): Command | undefined =>
  commands
    .filter(({ name }) => name.split(' ').every((word, index) => words[index] === word))
    .toSorted((a, b) => b.name.length - a.name.length)[0]

const parse = (args: readonly string[], command: Command | undefined) => {
  try {
    return parseArgs({
      args: [...args],
      options: { ...command?.options, ...globalOptions },
      allowPositionals: true,
    })
  } catch (cause) {
    throw new UsageError(reasonOf(cause), { cause })
  }
}

/** The first sentence: what Node advises after it is of no use where operands never begin with a dash. */
const reasonOf = (error: unknown): string => {
  const [first = ''] = String(Object(error).message).split(/\.\s/)
  return `${first.slice(0, 1).toLowerCase()}${first.slice(1)}`
}
