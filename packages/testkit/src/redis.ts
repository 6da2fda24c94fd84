/**
 * A Redis server of a test's own, on a free port, in a temporary folder: it can be killed, frozen, flushed and
 * restarted without disturbing anybody. The program is TEST_REDIS_SERVER, else `redis-server` on the PATH.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'
import { killWithUs } from './kill-with-us.ts'
import { redisCommand } from './redis-command.ts'

export interface TestRedis {
  /** The same for its whole life, restarts included. */
  readonly url: string
  readonly port: number
  /** A clean shutdown. What it held is there at the next start only with `appendOnly`. */
  readonly stop: () => Promise<void>
  /** SIGKILL. */
  readonly kill: () => Promise<void>
  /** Starts it again on the same port and folder. */
  readonly start: () => Promise<void>
  readonly restart: () => Promise<void>
  readonly flush: () => Promise<void>
  /** Stands still, connections open (SIGSTOP): what a hung server looks like. */
  readonly freeze: () => void
  readonly thaw: () => void
  /** Ends the server and removes its folder. */
  readonly close: () => Promise<void>
}

export interface TestRedisOptions {
  /** Keeps what it holds over restarts, each write synced to disk. */
  readonly appendOnly?: boolean
}

export const startRedis = async (options: TestRedisOptions = {}): Promise<TestRedis> => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-redis-'))
  let { server, port } = await startOnFreePort(folder, options)

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return
    // It was let go of at its start; a process with nothing else to do would leave before it has ended.
    server.ref()
    const exited = once(server, 'exit')
    server.kill('SIGCONT')
    server.kill(signal)
    await exited
  }
  const start = async (): Promise<void> => {
    server = await startOn(port, folder, options)
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start,
    restart: async () => {
      await end('SIGTERM')
      await start()
    },
    flush: () => redisCommand(port, 'FLUSHALL'),
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    close: async () => {
      await end('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Another process may take the port before the server does: then the next one. */
const startOnFreePort = async (
  folder: string,
  options: TestRedisOptions,
): Promise<{ server: ChildProcess; port: number }> => {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    try {
      return { server: await startOn(port, folder, options), port }
    } catch (error) {
      if (attempt === 3) throw error
    }
  }
}

const startOn = async (port: number, folder: string, options: TestRedisOptions): Promise<ChildProcess> => {
  const program = process.env.TEST_REDIS_SERVER ?? 'redis-server'
  const server = spawn(
    program,
    ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...persistence(options)],
    { stdio: 'ignore' },
  )
  const failed = new Promise<never>((_, reject) => {
    server.once('error', cause =>
      reject(new Error(`${program} does not start; set TEST_REDIS_SERVER to a Redis server`, { cause })),
    )
    server.once('exit', code => reject(new Error(`${program} exited with ${code} on port ${port}`)))
  })
  await Promise.race([failed, eventually(() => redisCommand(port, 'PING'), { timeoutMs: 10_000 })])
  failed.catch(() => undefined)
  killWithUs(server)
  return server
}

const persistence = ({ appendOnly = false }: TestRedisOptions): string[] =>
  appendOnly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']
