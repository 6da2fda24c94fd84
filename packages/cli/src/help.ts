/** What `--help` says, made from the table of commands. */
import type { Command } from './command.ts'

const globalOptions = ['--output text|json   how the result is printed', '--help   this']
const moreOptions = [
  '--dry-run   shows what a command would change',
  '--yes   does what can’t be undone, which no command does without it',
  '--version   as the command version',
]

/** What options do stands in one column, wherever each line has it after its two spaces or more. */
const inColumns = (lines: readonly string[]): string[] => {
  const rows = lines.map(line => /^(\S.*?) {2,}(.*)$/.exec(line) ?? [line, line])
  const width = Math.max(...rows.map(([, option = '', what]) => (what === undefined ? 0 : option.length)))
  return rows.map(([, option = '', what]) =>
    what === undefined ? `  ${option}` : `  ${option.padEnd(width)}   ${what}`,
  )
}

export const overview = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map(({ name, operands }) => name.length + operands.length + 1))
  return [
    'latchkey <command> [options]',
    '',
    ...commands.map(({ name, operands, summary }) => `  ${`${name} ${operands}`.padEnd(width)}  ${summary}`),
    '',
    ...inColumns([...globalOptions, ...moreOptions]),
    '',
    'Exit codes: 0 ok, 1 failure, 2 usage, 3 not authenticated, 4 not allowed, 5 not found',
  ].join('\n')
}

export const commandHelp = ({ name, operands, summary, help }: Command): string =>
  [
    `latchkey ${name} ${operands}`.trimEnd(),
    '',
    `${summary}.`,
    '',
    ...inColumns([...help, ...globalOptions]),
  ].join('\n')
