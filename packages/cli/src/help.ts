/** What `--help` says, made from the table of commands. */
import type { Command } from './command.ts'

const globalOptions = ['--output text|json   how the result is printed', '--help               this']
const versionOption = '--version            as the command version'

export const overview = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map(({ name, operands }) => name.length + operands.length + 1))
  return [
    'latchkey <command> [options]',
    '',
    ...commands.map(({ name, operands, summary }) => `  ${`${name} ${operands}`.padEnd(width)}  ${summary}`),
    '',
    ...[...globalOptions, versionOption].map(line => `  ${line}`),
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
    ...[...help, ...globalOptions].map(line => `  ${line}`),
  ].join('\n')
