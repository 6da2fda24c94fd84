/** `latchkey completion bash|zsh`: what makes the shell complete commands and options. */
import { type Command, UsageError } from '../command.ts'
import { completionScript, isShell, shells } from '../completion.ts'
import { exitCodes } from '../exit-codes.ts'

/** @param commands the table that it stands in itself */
export const createCompletionCommand = (commands: () => readonly Command[]): Command => ({
  name: 'completion',
  operands: shells.join('|'),
  summary: 'Prints a script by which the shell completes commands and options',
  options: {},
  help: [
    'Into ~/.bashrc: source <(latchkey completion bash); into ~/.zshrc: source <(latchkey completion zsh)',
  ],
  run: async ({ operands, answer }) => {
    const [shell, ...more] = operands
    if (!isShell(shell) || more.length > 0) throw new UsageError(`name a shell: ${shells.join(' or ')}`)
    const script = completionScript(shell, commands())
    answer({ shell, script }, script)
    return exitCodes.ok
  },
})
