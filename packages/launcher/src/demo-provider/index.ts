/**
 * The provider `demo`: the certified `oidc-provider`, at which anybody may be whoever they say. It is a process of its own
 * that starts with the first connection, so that a suite whose provider nobody visits does not carry it in memory.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { onLines } from '../processes/index.ts'
import type { DemoSetup } from './setup.ts'

export interface DemoProvider {
  /** `http://127.0.0.1:<port>` */
  readonly issuer: string
  readonly close: () => Promise<void>
}

export interface DemoProviderInit extends Omit<DemoSetup, 'issuer'> {
  readonly port: number
  readonly onLine: (line: string) => void
}

const entry = fileURLToPath(new URL('./process.ts', import.meta.url))

export const startDemoProvider = async ({
  port,
  onLine,
  ...setup
}: DemoProviderInit): Promise<DemoProvider> => {
  const issuer = `http://127.0.0.1:${port}`
  const sockets = new Set<Socket>()
  let child: ChildProcess | undefined
  let behind: Promise<number> | undefined

  /** The port of the process, which is started where there is none. */
  const start = async (): Promise<number> => {
    const started = fork(entry, [], {
      execArgv: ['--v8-pool-size=1'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C in the terminal is for the launcher.
      detached: true,
    })
    child = started
    for (const stream of [started.stdout, started.stderr]) if (stream !== null) onLines(stream, onLine)
    const ended = once(started, 'exit').then(() => {
      behind = undefined
      throw new Error('the demo provider ended')
    })
    ended.catch(() => undefined)
    started.send({ ...setup, issuer } satisfies DemoSetup)
    const [itsPort] = await Promise.race([once(started, 'message'), ended])
    return Number(itsPort)
  }

  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    behind ??= start()
    behind.then(
      itsPort => {
        const inner = connect(itsPort, '127.0.0.1')
        inner.on('error', () => socket.destroy())
        inner.on('close', () => socket.destroy())
        socket.on('close', () => inner.destroy())
        socket.pipe(inner).pipe(socket)
      },
      () => socket.destroy(),
    )
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')

  return {
    issuer,
    close: async () => {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
      if (child?.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill()
      await gone
    },
  }
}
