/**
 * Packages of Debian and Ubuntu, with the libraries that this machine lacks, unpacked into a folder: apt works on lists
 * and caches of its own there, so no root is needed, nothing is installed and no service starts.
 */
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand, succeeds } from './run-command.ts'

export interface DebianPackagesInit {
  readonly packages: readonly string[]
  /** Replaced as a whole, once everything is there and works. */
  readonly target: string
  /** PATH. */
  readonly path: string
  /** @throws what shows that the unpacked programs don't work */
  readonly tryOut: (root: string) => Promise<void>
}

const environment = (path: string) => ({
  ...process.env,
  PATH: path,
  DEBIAN_FRONTEND: 'noninteractive',
  LC_ALL: 'C',
})

export const hasApt = async (path: string): Promise<boolean> => {
  const env = environment(path)
  return (
    (await succeeds('apt-get', ['--version'], { env })) &&
    (await succeeds('dpkg-deb', ['--version'], { env }))
  )
}

/** @throws Error in the words of the program that failed */
export const unpackDebianPackages = async (init: DebianPackagesInit): Promise<void> => {
  const { packages, target } = init
  const env = environment(init.path)
  const draft = `${target}.${process.pid}.new`
  const state = join(draft, 'apt/state')
  const cache = join(draft, 'apt/cache')
  const root = join(draft, 'root')
  try {
    await mkdir(join(state, 'lists/partial'), { recursive: true })
    await mkdir(join(cache, 'archives/partial'), { recursive: true })
    await mkdir(root, { recursive: true })
    const apt = (...args: string[]): Promise<string> =>
      runCommand('apt-get', [...aptOptions(state, cache), ...args], { env })
    await apt('update')
    await apt('install', '--download-only', '--no-install-recommends', '--yes', '--reinstall', ...packages)
    const archives = join(cache, 'archives')
    for (const file of (await readdir(archives)).filter(name => name.endsWith('.deb'))) {
      await runCommand('dpkg-deb', ['--extract', join(archives, file), root], { env })
    }
    await init.tryOut(root)
    await rm(target, { recursive: true, force: true })
    await rename(root, target)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

const aptOptions = (state: string, cache: string): string[] =>
  [
    `Dir::State=${state}`,
    'Dir::State::status=/var/lib/dpkg/status',
    `Dir::Cache=${cache}`,
    'Debug::NoLocking=1',
    // apt's own account can't enter a private checkout; the lists are signed all the same.
    'APT::Sandbox::User=root',
  ].flatMap(option => ['-o', option])

/** For `LD_LIBRARY_PATH`: the folders that hold shared libraries, however deep below `lib` and `usr/lib`. */
export const libraryPath = async (root: string): Promise<string> => {
  const libraries = await Promise.all(
    ['usr/lib', 'lib'].map(async folder => {
      const options = { recursive: true, withFileTypes: true } as const
      const entries = await readdir(join(root, folder), options).catch(() => [])
      return entries.filter(({ name }) => /^lib.*[.]so/.test(name)).map(({ parentPath }) => parentPath)
    }),
  )
  return [...new Set(libraries.flat())].join(':')
}
