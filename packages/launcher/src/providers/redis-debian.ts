/**
 * Debian's and Ubuntu's redis-server, with the libraries that this machine lacks, unpacked into the checkout: apt
 * works on lists and caches of its own there, so no root is needed, nothing is installed and no service starts.
 */
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { exists } from './exists.ts'
import { type FindRedisInit, native, type RedisProgram } from './redis-program.ts'
import { runCommand, succeeds } from './run-command.ts'

/** Undefined where there is no apt, or it can't get the package. */
export const debianRedis = async ({
  path,
  unpackFolder,
  say,
}: FindRedisInit): Promise<RedisProgram | undefined> => {
  const env = { ...process.env, PATH: path, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
  const command = join(unpackFolder, 'usr/bin/redis-server')
  if (!(await exists(command))) {
    if (
      !(await succeeds('apt-get', ['--version'], { env })) ||
      !(await succeeds('dpkg-deb', ['--version'], { env }))
    )
      return undefined
    say('fetching redis-server from the packages of this system …')
    try {
      await unpack(unpackFolder, env)
    } catch (error) {
      say(`that failed: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }
  const libraries = await libraryFolders(unpackFolder)
  return native(command, 'redis-server unpacked from the packages of this system', {
    LD_LIBRARY_PATH: libraries.join(':'),
  })
}

const unpack = async (target: string, env: NodeJS.ProcessEnv): Promise<void> => {
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
    await apt(
      'install',
      '--download-only',
      '--no-install-recommends',
      '--yes',
      '--reinstall',
      'redis-server',
      'redis-tools',
    )
    const archives = join(cache, 'archives')
    for (const file of (await readdir(archives)).filter(name => name.endsWith('.deb'))) {
      await runCommand('dpkg-deb', ['--extract', join(archives, file), root], { env })
    }
    await runCommand(join(root, 'usr/bin/redis-server'), ['--version'], {
      env: { LD_LIBRARY_PATH: (await libraryFolders(root)).join(':') },
    })
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

/** The folders that hold shared libraries, `usr/lib/x86_64-linux-gnu` among them. */
const libraryFolders = async (root: string): Promise<string[]> => {
  const folders = await Promise.all(
    ['usr/lib', 'lib'].map(async parent => {
      const entries = await readdir(join(root, parent), { withFileTypes: true }).catch(() => [])
      return entries.filter(entry => entry.isDirectory()).map(entry => join(root, parent, entry.name))
    }),
  )
  return folders.flat()
}
