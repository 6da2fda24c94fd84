/** The `latchkey` command. */
import { commands } from './commands/index.ts'
import { runCli } from './run-cli.ts'

process.exitCode = await runCli({
  commands,
  words: process.argv.slice(2),
  env: process.env,
  out: text => void process.stdout.write(`${text}\n`),
  err: text => void process.stderr.write(`${text}\n`),
})
