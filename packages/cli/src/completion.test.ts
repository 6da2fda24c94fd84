/** What the shell offers behind the words that somebody has typed: asked of bash itself. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { commands } from './commands/index.ts'
import { completionScript } from './completion.ts'

const run = promisify(execFile)

const askBash = `
eval "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_latchkey
printf '%s\\n' "\${COMPREPLY[@]}"
`

const offered = async (...typed: string[]): Promise<string[]> => {
  const script = completionScript('bash', commands)
  const { stdout } = await run('bash', ['-c', askBash, 'bash', script, 'latchkey', ...typed])
  return stdout.split('\n').filter(line => line !== '')
}

describe('latchkey completion', () => {
  it('offers what every command begins with, and goes on word by word', async () => {
    const first = new Set(commands.map(({ name }) => name.split(' ')[0]))
    expect(new Set(await offered(''))).toEqual(first)
    expect(await offered('adm')).toEqual(['admin'])
    expect(await offered('admin', 'cl')).toEqual(['client'])
    expect(await offered('admin', 'client', 're')).toEqual(['regenerate-secret'])
    expect(await offered('admin', 'lcient', '')).toEqual([])
  })

  it('offers every option of every command, and no other', async () => {
    for (const { name, options } of commands) {
      const expected = [...Object.keys(options).map(option => `--${option}`), '--output', '--help']
      expect({ name, offered: await offered(...name.split(' '), '--') }).toEqual({ name, offered: expected })
    }
  })

  it('offers options behind operands, and the two outputs', async () => {
    expect(await offered('admin', 'user', 'delete', 'ada@example.com', '--d')).toEqual(['--dry-run'])
    expect(await offered('admin', 'status', '--output', 'j')).toEqual(['json'])
  })

  it('is bash’s own for zsh, which can read it', () => {
    const script = completionScript('zsh', commands)
    expect(script).toMatch(/^autoload -U \+X bashcompinit && bashcompinit\n/)
    expect(script).toContain(completionScript('bash', commands))
  })
})

describe('the help', () => {
  it.each(commands.map(command => [command.name, command] as const))(
    'of %s explains each of its options',
    (_, { options, help }) => {
      const text = help.join('\n')
      expect(Object.keys(options).filter(option => !text.includes(`--${option}`))).toEqual([])
    },
  )
})
