/** Redis in a container, where nothing else gives one and an engine answers. */
import type { RedisProgram } from './redis-program.ts'
import { succeeds } from './run-command.ts'

const image = 'docker.io/library/redis:8'

export const containerEngine = async (path: string): Promise<RedisProgram | undefined> => {
  for (const command of ['docker', 'podman']) {
    if (await succeeds(command, ['info'], { env: { ...process.env, PATH: path } })) {
      return {
        command,
        description: `Redis in a container of ${command}`,
        env: {},
        // The engine's client passes signals on and ends with the container, so it stands for the server.
        argsFor: ({ folder, port }) => [
          'run',
          '--rm',
          '--network=host',
          `--name=latchkey-redis-${port}`,
          `--volume=${folder}:${folder}`,
          image,
          'redis-server',
          `${folder}/redis.conf`,
        ],
      }
    }
  }
  return undefined
}
