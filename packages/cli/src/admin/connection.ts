/**
 * Which installation a command is about, and as whom: LATCHKEY_URL and a client's credentials where they are set, else the
 * suite that `npm start` runs, by its stack.json.
 */
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Environment, loadSettings, secret, urlSetting } from '@latchkey/runtime/settings'
import { z } from 'zod'
import { CommandFailed } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'

export interface Connection {
  /** Without a slash at its end. */
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
}

export const connectionSettings = {
  LATCHKEY_URL: urlSetting()
    .optional()
    .describe('The installation that latchkey admin manages; the suite of npm start where unset'),
  LATCHKEY_CLIENT_ID: z.string().default('admin').describe('The client that latchkey admin signs in as'),
  LATCHKEY_CLIENT_SECRET: secret(z.string())
    .optional()
    .describe('Its secret; required where LATCHKEY_URL is set'),
  LATCHKEY_DATA_DIR: z
    .string()
    .default('.latchkey')
    .describe('The folder of the suite of npm start, whose stack.json says where it is'),
}

const stackFile = z.object({
  gateway: z.string(),
  admin: z.object({ client_id: z.string(), client_secret: z.string() }),
})

const checkout = dirname(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))))

const readStack = async (folder: string): Promise<Connection | undefined> => {
  // From wherever the command is called, the checkout's own suite is the next best.
  for (const path of new Set([resolve(folder), resolve(checkout, folder)])) {
    const text = await readFile(join(path, 'stack.json'), 'utf8').catch(() => undefined)
    if (text === undefined) continue
    const { gateway, admin } = stackFile.parse(JSON.parse(text))
    return { url: gateway, clientId: admin.client_id, clientSecret: admin.client_secret }
  }
  return undefined
}

/** @throws SettingsError; CommandFailed where nothing is set and nothing runs */
export const findConnection = async (env: Environment): Promise<Connection> => {
  const settings = loadSettings(connectionSettings, env)
  const { LATCHKEY_URL: url, LATCHKEY_CLIENT_ID: clientId, LATCHKEY_CLIENT_SECRET: clientSecret } = settings
  if (url !== undefined) {
    if (clientSecret !== undefined) return { url, clientId, clientSecret }
    throw new CommandFailed(
      'LATCHKEY_CLIENT_SECRET is required beside LATCHKEY_URL',
      exitCodes.notAuthenticated,
    )
  }
  const stack = await readStack(settings.LATCHKEY_DATA_DIR)
  if (stack !== undefined) return stack
  throw new CommandFailed(
    `no suite runs in ${settings.LATCHKEY_DATA_DIR}; npm start starts one, or set LATCHKEY_URL and LATCHKEY_CLIENT_SECRET`,
    exitCodes.notAuthenticated,
  )
}
