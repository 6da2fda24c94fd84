/** The `latchkey` command against a suite: in this process, since there are many calls, or as a person calls it. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { root } from '@latchkey/launcher/stack'

export interface Called {
  readonly code: number
  readonly out: string
  readonly err: string
  /** Of `--output json`; undefined where nothing was printed. */
  readonly json: unknown
}

type Environment = Readonly<Record<string, string>>

/** The command line, without a process of its own: `runCli` of packages/cli. */
type RunCli = (init: {
  readonly commands: unknown
  readonly words: readonly string[]
  readonly env: Environment
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}) => Promise<number>

const called = (words: readonly string[], code: number, out: string, err: string): Called => ({
  code,
  out,
  err,
  json: words.includes('json') && out !== '' ? JSON.parse(out) : undefined,
})

const cli = join(root, 'packages/cli/src')

export const latchkey = async (words: readonly string[], env: Environment): Promise<Called> => {
  const { runCli }: { runCli: RunCli } = await import(join(cli, 'run-cli.ts'))
  const { commands }: { commands: unknown } = await import(join(cli, 'commands/index.ts'))
  const said = { out: '', err: '' }
  const code = await runCli({
    commands,
    words,
    env,
    out: text => {
      said.out += `${text}\n`
    },
    err: text => {
      said.err += `${text}\n`
    },
  })
  return called(words, code, said.out, said.err)
}

/** `./latchkey …` from the root. */
export const latchkeyProcess = (words: readonly string[], env: Environment): Promise<Called> =>
  new Promise(resolve => {
    const options = { env: { PATH: process.env.PATH, ...env }, cwd: root, timeout: 60_000 }
    execFile(join(root, 'latchkey'), [...words], options, (error, out, err) => {
      resolve(called(words, error === null ? 0 : Number(error.code ?? -1), out, err))
    })
  })
