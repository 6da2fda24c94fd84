/** The processes of the suite, in the order in which they stop: what is called stops after what calls it. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type ServiceName =
  | 'gateway'
  | 'identity'
  | 'token'
  | 'session'
  | 'notification'
  | 'notification-worker'

export interface Service {
  /** Its certificate, its log, its key in stack.json. */
  readonly name: ServiceName
  /** Below `services/`. */
  readonly folder: string
  readonly entry: 'src/main.ts' | 'src/worker.ts'
  /** The ports that it listens on, besides the management port that all have. */
  readonly ports: readonly ('PORT' | 'HTTP_PORT' | 'GRPC_PORT')[]
  /** Whose schema it works on. */
  readonly database?: DatabaseService
}

/** Those that own a schema. */
export const databaseServices = ['identity', 'token', 'session', 'notification'] as const

export type DatabaseService = (typeof databaseServices)[number]

export const services: readonly Service[] = [
  { name: 'gateway', folder: 'gateway', entry: 'src/main.ts', ports: ['PORT'] },
  {
    name: 'identity',
    folder: 'identity',
    entry: 'src/main.ts',
    ports: ['HTTP_PORT', 'GRPC_PORT'],
    database: 'identity',
  },
  {
    name: 'token',
    folder: 'token',
    entry: 'src/main.ts',
    ports: ['HTTP_PORT', 'GRPC_PORT'],
    database: 'token',
  },
  {
    name: 'session',
    folder: 'session',
    entry: 'src/main.ts',
    ports: ['HTTP_PORT', 'GRPC_PORT'],
    database: 'session',
  },
  {
    name: 'notification',
    folder: 'notification',
    entry: 'src/main.ts',
    ports: ['GRPC_PORT'],
    database: 'notification',
  },
  {
    name: 'notification-worker',
    folder: 'notification',
    entry: 'src/worker.ts',
    ports: [],
    database: 'notification',
  },
]

/** The checkout. */
export const root = dirname(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))))

export const serviceFolder = (folder: string): string => join(root, 'services', folder)
