/** Scripts by which a shell completes the words of `latchkey`, made from the table of commands. */
import type { Command } from './command.ts'

export const shells = ['bash', 'zsh'] as const

export type Shell = (typeof shells)[number]

export const isShell = (text: unknown): text is Shell => shells.some(shell => shell === text)

const globalOptions = ['--output', '--help']

/** What can follow the words of a group: `create`, `list` … after `admin client`. */
const groupsOf = (commands: readonly Command[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const groups = new Map<string, Set<string>>()
  for (const { name } of commands) {
    const words = name.split(' ')
    for (const [index, word] of words.entries()) {
      const group = words.slice(0, index).join(' ')
      groups.set(group, (groups.get(group) ?? new Set<string>()).add(word))
    }
  }
  return groups
}

const optionsOf = ({ options }: Command): readonly string[] => [
  ...Object.keys(options).map(name => `--${name}`),
  ...globalOptions,
]

const oneOf = (pattern: string, words: Iterable<string>): string =>
  `    ${pattern}) candidates='${[...words].join(' ')}' ;;`

// Where nothing of ours fits, as for the value of most options, the shell completes names of files.
const bash = (commands: readonly Command[]): string =>
  [
    '_latchkey() {',
    '  local typed candidates=',
    `  typed="\${COMP_WORDS[*]:1:$((COMP_CWORD - 1))}"`,
    '  case "$typed" in',
    oneOf("*' --output'", ['text', 'json']),
    ...commands.map(command => oneOf(`'${command.name}' | '${command.name} '*`, optionsOf(command))),
    ...[...groupsOf(commands)].map(([group, words]) => oneOf(`'${group}'`, words)),
    '  esac',
    `  COMPREPLY=($(compgen -W "$candidates" -- "\${COMP_WORDS[COMP_CWORD]}"))`,
    '}',
    'complete -o default -F _latchkey latchkey',
  ].join('\n')

export const completionScript = (shell: Shell, commands: readonly Command[]): string =>
  shell === 'bash' ? bash(commands) : `autoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`
