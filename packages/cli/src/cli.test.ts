import { readFile } from 'node:fs/promises'
import { describe, expect, it } from '@jest/globals'
import type { Command } from './command.ts'
import { commands } from './commands/index.ts'
import { runCli } from './run-cli.ts'

const latchkey = async (words: readonly string[], env = {}, table: readonly Command[] = commands) => {
  const out: string[] = []
  const err: string[] = []
  const code = await runCli({
    commands: table,
    words,
    env,
    out: text => out.push(text),
    err: text => err.push(text),
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

const aCommand = (name: string): Command => ({
  name,
  operands: '[x…]',
  summary: 'Says what it got',
  options: { loud: { type: 'boolean' } },
  help: [],
  run: async ({ operands, options, answer }) => {
    answer({ name, operands, options }, `${name} ${operands.join(' ')}`)
    return 0
  },
})

describe('latchkey', () => {
  it('lists every command with --help and exits with 0', async () => {
    const { code, out } = await latchkey(['--help'])
    expect(code).toBe(0)
    for (const { name } of commands) expect(out).toContain(`  ${name}`)
  })

  it('lists the commands of a group with --help', async () => {
    const { code, out } = await latchkey(['admin', 'client', '--help'])
    expect(code).toBe(0)
    for (const { name } of commands) {
      if (name.startsWith('admin client ')) expect(out).toContain(`  ${name}`)
      else expect(out).not.toContain(`  ${name} `)
    }
    expect(await latchkey(['admin', 'nothing', '--help'])).toMatchObject({ code: 2, out: '' })
  })

  it('explains one command with --help', async () => {
    const { code, out } = await latchkey(['migrate', '--help'])
    expect(code).toBe(0)
    expect(out).toMatch(/^latchkey migrate \[service…\]/)
    expect(out).toContain('--check')
  })

  it('explains all options of a command in one column', async () => {
    const help = ['--short   a word', '--much-longer <value>   a sentence', '<x> may come again']
    const { out } = await latchkey(['say', '--help'], {}, [{ ...aCommand('say'), help }])
    expect(out.split('\n').slice(-5)).toEqual([
      '  --short                 a word',
      '  --much-longer <value>   a sentence',
      '  <x> may come again',
      '  --output text|json      how the result is printed',
      '  --help                  this',
    ])
  })

  it.each(['version', '--version'])('tells its version with %s, to people and to scripts', async word => {
    const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8')
    const { version } = JSON.parse(manifest)
    expect(await latchkey([word])).toEqual({ code: 0, out: `latchkey ${version}`, err: '' })
    const json = await latchkey([word, '--output', 'json'])
    expect(JSON.parse(json.out)).toEqual({ version })
    expect((await latchkey([word, 'migrate'])).code).toBe(2)
  })

  it('says in its help that --version is there', async () => {
    expect((await latchkey(['--help'])).out).toMatch(/^ +--version /m)
  })

  it.each([
    [[]],
    [['nothing']],
    [['admin', 'nothing']],
    [['migrate', '--wrong']],
    [['migrate', 'billing']],
    [['migrate', '--output', 'xml']],
  ])('exits with 2 for a line that makes no sense: %j', async words => {
    const { code, out, err } = await latchkey(words)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain('latchkey')
  })

  it.each([
    [['migrate', '--wrong'], "unknown option '--wrong'; see latchkey migrate --help"],
    [['migrate', 'billing'], 'see latchkey migrate --help'],
    [['nothing'], 'no command "nothing"; see latchkey --help'],
    [['admin', 'client', 'lst'], 'no command "admin client lst"; see latchkey admin client --help'],
    [['admin', 'client', 'list', '--limit'], '--limit needs a value: at most so many'],
    [['admin', 'client', 'list', '--limit', 'x'], '--limit is a positive number'],
  ])('says what is wrong in one line, and where the right is told: %j', async (words, line) => {
    const { err } = await latchkey(words)
    expect(err.split('\n')).toEqual([expect.stringMatching(/^latchkey: /)])
    expect(err).toContain(line)
  })

  it.each([
    [['migrate', '--output', 'json', '--wrong'], "unknown option '--wrong'; see latchkey migrate --help"],
    [['nothing', '--output=json'], 'no command "nothing"; see latchkey --help'],
    [['admin', 'client', '--output', 'json'], 'say a command; see latchkey admin client --help'],
  ])('says it as one problem with --output json: %j', async (words, detail) => {
    const { code, out, err } = await latchkey(words)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(JSON.parse(err)).toEqual({
      type: 'https://latchkey.dev/problems/usage',
      title: 'Usage',
      detail,
      code: 'USAGE',
    })
  })

  it('lists the commands of a group whose name is all that was said', async () => {
    const { code, out, err } = await latchkey(['admin', 'client'])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('  admin client create')
    expect(err).not.toContain('  admin user create')
  })

  it('takes the longest command that the words spell', async () => {
    const table = [aCommand('admin client'), aCommand('admin client create')]
    const { out } = await latchkey(
      ['admin', 'client', 'create', 'one', '--loud', '--output', 'json'],
      {},
      table,
    )
    expect(JSON.parse(out)).toEqual({
      name: 'admin client create',
      operands: ['one'],
      options: { loud: true },
    })
  })

  it('takes --yes for every command, since scripts say it wherever they change something', async () => {
    expect(await latchkey(['version', '--yes'])).toMatchObject({ code: 0, err: '' })
    expect((await latchkey(['--help'])).out).toMatch(/^ +--yes /m)
  })

  it('lets every admin command that changes something be tried with --dry-run', () => {
    const looks = /^admin (status|session terminations|org members|org invitations|\S+ (list|show))$/
    const changing = commands.filter(({ name }) => name.startsWith('admin ') && !looks.test(name))
    expect(changing.filter(({ options }) => options['dry-run'] === undefined)).toEqual([])
  })

  it('exits with 1 and names every setting that is missing, showing no value', async () => {
    const env = { TOKEN_DATABASE_URL: 'mysql://role:hush@db/x' }
    const { code, err } = await latchkey(['migrate', 'identity', 'token'], env)
    expect(code).toBe(1)
    expect(err).toMatch(/^DATABASE_URL: /m)
    expect(err).toMatch(/^TOKEN_DATABASE_URL: /m)
    expect(err).not.toContain('hush')
  })
  it('names each of them as errors of the problem with --output json', async () => {
    const { err } = await latchkey(['migrate', 'identity', '--output', 'json'])
    expect(JSON.parse(err)).toMatchObject({
      code: 'INVALID_SETTINGS',
      errors: [{ field: 'DATABASE_URL', message: expect.stringContaining('is required') }],
    })
  })
})
