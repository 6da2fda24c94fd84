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
  const group = groupOf(commands, positionals)
  if (command === undefined && group.length === 0) {
    throw new UsageError(`no command ${JSON.stringify(positionals.join(' '))}`)
  }
  const chosen = outputs.find(each => each === output)
  if (chosen === undefined) throw new UsageError(`--output is ${outputs.join(' or ')}`)
  return { command, group, help: help === true, output: chosen, operands: positionals, options }
}

/** The longest name that the first words spell: `admin client` must not hide `admin client create`. */
const findCommand = (commands: readonly Command[], words: readonly string[]): Command | undefined =>
  commands
    .filter(({ name }) => name.split(' ').every((word, index) => words[index] === word))
    .toSorted((a, b) => b.name.length - a.name.length)[0]

/** Those whose names begin with these words. */
const groupOf = (commands: readonly Command[], words: readonly string[]): readonly Command[] =>
  commands.filter(({ name }) => words.every((word, index) => name.split(' ')[index] === word))

/** What to call for help with a line that may be wrong: `latchkey admin client --help` for `admin client lst`. */
export const helpFor = (commands: readonly Command[], words: readonly string[]): string => {
  const known = words.findIndex((_, index) => groupOf(commands, words.slice(0, index + 1)).length === 0)
  const group = known < 0 ? words : words.slice(0, known)
  return ['latchkey', ...(findCommand(commands, words)?.name ?? group.join(' ')).split(' '), '--help']
    .filter(word => word !== '')
    .join(' ')
}

/** Also of a line that can not be read otherwise: whoever reads JSON reads it of mistakes, too. */
export const wantsJson = (words: readonly string[]): boolean => {
  const { values } = parseArgs({ args: [...words], options: globalOptions, strict: false })
  return values.output === 'json'
}

const parse = (args: readonly string[], command: Command | undefined) => {
  try {
    return parseArgs({
      args: [...args],
      options: { ...command?.options, ...globalOptions },
      allowPositionals: true,
    })
  } catch (cause) {
    throw new UsageError(reasonOf(cause, command), { cause })
  }
}

/** The first sentence: what Node advises after it is of no use where operands never begin with a dash. */
const reasonOf = (error: unknown, command: Command | undefined): string => {
  const [first = ''] = String(Object(error).message).split(/\.\s/)
  const [, missing] = /^Option '(?:-\w, )?(--[\w-]+) <value>' argument missing$/.exec(first) ?? []
  if (missing !== undefined) return `${missing} needs a value${explained(missing, command)}`
  return `${first.slice(0, 1).toLowerCase()}${first.slice(1)}`
}

/** What the help says of an option: `: at most so many`. */
const explained = (option: string, command: Command | undefined): string => {
  const line = command?.help.find(each => each.startsWith(`${option} `)) ?? ''
  const [, what] = /^\S.*? {2,}(.*)$/.exec(line) ?? []
  return what === undefined ? '' : `: ${what}`
}
