/**
 * The ports of a process, opened last and closed first: the management port, then those that the service names. A
 * stop begins with the announcement that it comes, and load balancers get their time to hear it.
 */
import type { Health } from '../health/index.ts'
import { announceStop, type Closing } from '../lifecycle/index.ts'
import type { Logger } from '../logger/index.ts'
import { startManagementServer } from '../management/index.ts'
import type { Metrics } from '../metrics/index.ts'
import type { processSettings, SettingsOf } from '../settings/index.ts'

/** What every server of a process is given. */
export interface ServerCommons {
  readonly host: string
  readonly health: Health
  readonly metrics: Metrics
  readonly logger: Logger
}

export interface Server {
  readonly port: number
  close(deadlineMs: number): Promise<void>
}

export interface ServersInit<Name extends string> extends Omit<ServerCommons, 'host'> {
  readonly settings: SettingsOf<typeof processSettings>
  readonly closing: Closing
  /** Started in this order, beside the management server. */
  readonly servers: Readonly<Record<Name, (commons: ServerCommons) => Promise<Server>>>
}

/** Gives the ports that are listened on. @throws where one cannot be bound */
export const startServers = async <Name extends string>(
  init: ServersInit<Name>,
): Promise<{ readonly ports: Readonly<Record<Name | 'management', number>> }> => {
  const { settings, closing, health, metrics, logger, servers } = init
  const commons = { host: settings.BIND_ADDRESS, health, metrics, logger }
  const deadlineMs = settings.SHUTDOWN_TIMEOUT_SECONDS * 1_000

  const management = () => startManagementServer({ ...commons, port: settings.MANAGEMENT_PORT })
  const starts: Record<string, (commons: ServerCommons) => Promise<Server>> = { management, ...servers }
  const ports: Record<string, number> = {}
  for (const [name, start] of Object.entries(starts)) {
    const server = await start(commons)
    closing.add(`${name} server`, () => server.close(deadlineMs))
    ports[name] = server.port
  }
  closing.add('announcement', announceStop(health, settings.ENDPOINT_REMOVAL_SECONDS))
  return { ports: ports as Record<Name | 'management', number> }
}
