/** Debian's and Ubuntu's redis-server, unpacked into the checkout. */
import { join } from 'node:path'
import { hasApt, libraryPath, unpackDebianPackages } from './debian-packages.ts'
import { exists } from './exists.ts'
import { type FindRedisInit, native, type RedisProgram } from './redis-program.ts'
import { runCommand } from './run-command.ts'

const server = 'usr/bin/redis-server'

/** Undefined where there is no apt, or it can't get the package. */
export const debianRedis = async ({
  path,
  unpackFolder,
  say,
}: FindRedisInit): Promise<RedisProgram | undefined> => {
  const command = join(unpackFolder, server)
  if (!(await exists(command))) {
    if (!(await hasApt(path))) return undefined
    say('fetching redis-server from the packages of this system …')
    try {
      await unpackDebianPackages({
        packages: ['redis-server', 'redis-tools'],
        target: unpackFolder,
        path,
        tryOut: async root => {
          const env = { LD_LIBRARY_PATH: await libraryPath(root) }
          await runCommand(join(root, server), ['--version'], { env })
        },
      })
    } catch (error) {
      say(`that failed: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }
  return native(command, 'redis-server unpacked from the packages of this system', {
    LD_LIBRARY_PATH: await libraryPath(unpackFolder),
  })
}
