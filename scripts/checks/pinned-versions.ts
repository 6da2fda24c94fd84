/** The versions of Node and pnpm are named in a few files, each for a tool that reads only that one. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '@latchkey/launcher/stack'
import { CheckFailed } from './run-steps.ts'

interface Manifest {
  readonly packageManager?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const readManifest = async (path: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(root, path), 'utf8'))

export const pinnedVersions = async (): Promise<undefined> => {
  const node = (await readFile(join(root, '.nvmrc'), 'utf8')).trim()
  const { packageManager = '' } = await readManifest('package.json')
  const pnpm = packageManager.replace('pnpm@', '')
  const { optionalDependencies = {} } = await readManifest('scripts/toolchain/package.json')
  const wrong = Object.entries(optionalDependencies).filter(
    ([name, version]) => version !== (name.startsWith('node-') ? node : pnpm),
  )
  if (wrong.length > 0) {
    throw new CheckFailed(
      `scripts/toolchain/package.json has ${wrong.map(entry => entry.join(' ')).join(', ')}, but .nvmrc says ${node} and packageManager says ${pnpm}`,
    )
  }
}
