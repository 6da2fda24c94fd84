/** The launcher's own settings. Every other variable goes to the services as it is. */
import { type Environment, loadSettings, portSetting, secret, urlSetting } from '@latchkey/runtime/settings'
import { z } from 'zod'

export const launcherSettings = {
  PORT: portSetting(8080).describe('The public port; 0 takes a free one'),
  LATCHKEY_DATA_DIR: z
    .string()
    .default('.latchkey')
    .describe('The folder for data, logs, secrets and stack.json of npm start'),
  BIND_ADDRESS: z
    .string()
    .default('127.0.0.1')
    .describe('The address that npm start serves the gateway on; 0.0.0.0 for every network'),
  MAILBOX_PORT: portSetting(0).describe(
    'The port of the mailbox page of npm start; 0 takes a free one and keeps it',
  ),
  PUBLIC_URL: urlSetting()
    .optional()
    .describe('The URL by which users reach the gateway; http://localhost and the port by default'),
  DATABASE_URL: secret(urlSetting(['postgresql', 'postgres']))
    .optional()
    .describe(
      'A Postgres on which roles and schemas may be made; npm start brings one of its own where unset',
    ),
  REDIS_URL: secret(urlSetting(['redis', 'rediss']))
    .optional()
    .describe('A Redis of noeviction; npm start brings one of its own where unset'),
  ADMIN_CLIENT_ID: z.string().default('admin').describe('The client of the command line'),
  ADMIN_CLIENT_SECRET: secret(z.string())
    .optional()
    .describe('Its secret; npm start makes one and keeps it where unset'),
}

/** @throws SettingsError with every problem at once */
export const loadLauncherConfig = (env: Environment) => loadSettings(launcherSettings, env)

export type LauncherConfig = ReturnType<typeof loadLauncherConfig>
