/**
 * A Redis that this machine has or can get, in the order that disturbs least: one that is installed, Debian's
 * package unpacked into the checkout, a container engine.
 */
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { ProviderUnavailable } from './provider-unavailable.ts'
import { containerEngine } from './redis-container.ts'
import { debianRedis } from './redis-debian.ts'
import { type FindRedisInit, native, type RedisProgram } from './redis-program.ts'

/** @throws ProviderUnavailable with the one thing to do */
export const findRedisProgram = async (init: FindRedisInit): Promise<RedisProgram> => {
  const program =
    (await installedRedis(init.path)) ?? (await debianRedis(init)) ?? (await containerEngine(init.path))
  if (program !== undefined) return program
  throw new ProviderUnavailable(
    'No Redis here. Install redis-server or valkey-server (apt-get install redis-server, brew install redis), or set REDIS_URL.',
  )
}

const installedRedis = async (path: string): Promise<RedisProgram | undefined> => {
  for (const name of ['redis-server', 'valkey-server']) {
    for (const folder of path.split(delimiter).filter(Boolean)) {
      const command = join(folder, name)
      if (await isExecutable(command)) return native(command, `${name} of this machine`, {})
    }
  }
  return undefined
}

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
