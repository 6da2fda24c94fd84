/** `latchkey version`, which is `latchkey --version` too: of the command; the installation's is in `admin status`. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { noOperands } from './admin/operands.ts'

const manifest = z.object({ version: z.string() })

export const versionCommand: Command = {
  name: 'version',
  operands: '',
  summary: 'Prints the version of this command',
  options: {},
  help: [],
  run: async invocation => {
    noOperands(invocation)
    const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
    const { version } = manifest.parse(JSON.parse(text))
    invocation.answer({ version }, `latchkey ${version}`)
    return exitCodes.ok
  },
}
