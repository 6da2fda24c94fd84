/** `latchkey init`: certificates, secrets and store URLs for a deployment, in a folder for each process. */
import { dirname } from 'node:path'
import { loadSettings, secret, urlSetting } from '@latchkey/runtime/settings'
import { type Command, UsageError } from '../command.ts'
import { type Prepared, prepareDeployment } from '../deployment/prepare.ts'
import { exitCodes } from '../exit-codes.ts'

export const initSettings = {
  DATABASE_ADMIN_URL: secret(urlSetting(['postgresql', 'postgres']))
    .optional()
    .describe(
      'A Postgres of your own, with a user that may make roles and schemas in the database of the URL',
    ),
  REDIS_URL: secret(urlSetting(['redis', 'rediss']))
    .optional()
    .describe('A Redis of your own, with maxmemory-policy noeviction'),
}

export const initCommand: Command = {
  name: 'init',
  operands: '',
  summary:
    'Makes certificates and random secrets for a deployment, a folder for each process; keeps what is there',
  options: {
    dir: { type: 'string' },
    postgres: { type: 'string' },
    database: { type: 'string' },
    redis: { type: 'string' },
  },
  help: [
    '--dir <folder>          where to; setup/ in it is what a backup must hold',
    '--postgres <host:port>  Postgres, with the user postgres and a password made here; postgres:5432 by default',
    '--database <name>       latchkey by default',
    '--redis <host:port>     Redis, with a password made here; redis:6379 by default',
    'Reads DATABASE_ADMIN_URL and REDIS_URL for stores of your own instead; each also as …_FILE.',
  ],
  run: async ({ operands, options, env, answer }) => {
    if (operands.length > 0 || typeof options.dir !== 'string')
      throw new UsageError('name a folder with --dir')
    const settings = loadSettings(initSettings, env)
    const prepared = await prepareDeployment(options.dir, {
      postgres: textOf(options.postgres) ?? 'postgres:5432',
      database: textOf(options.database) ?? 'latchkey',
      redis: textOf(options.redis) ?? 'redis:6379',
      databaseAdminUrl: settings.DATABASE_ADMIN_URL,
      redisUrl: settings.REDIS_URL,
    })
    answer(prepared, describe(options.dir, prepared))
    return exitCodes.ok
  },
}

const textOf = (option: unknown): string | undefined => (typeof option === 'string' ? option : undefined)

/** Names, never values. */
const describe = (dir: string, { secrets, files }: Prepared): string => {
  const folders = [...new Set(files.map(dirname))]
  return [
    secrets.length === 0 ? 'every secret is there already' : `made ${secrets.join(', ')}`,
    folders.length === 0 ? 'no folder has changed' : `wrote to the folders of ${folders.join(', ')}`,
  ]
    .map(line => `${dir}: ${line}`)
    .join('\n')
}
