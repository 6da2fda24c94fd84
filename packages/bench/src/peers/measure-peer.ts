/** The same load on the peer, in the same run. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { load } from '../load/load.ts'
import type { Lane } from '../load/protocol.ts'
import type { Floor } from '../report/result.ts'

export const peerName = 'oidc-provider, in memory'

/** @param lanesAt makes the lanes once the peer runs at `origin` */
export const measurePeer = async (lanesAt: (origin: string) => Promise<readonly Lane[]>): Promise<Floor> => {
  const child = fork(fileURLToPath(new URL('./oidc-provider-process.ts', import.meta.url)), {
    execArgv: [],
    // It warns of settings that only matter in production.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  try {
    const [port] = await once(child, 'message')
    const origin = `http://127.0.0.1:${port}`
    const { cpu } = await load({
      origin,
      lanes: await lanesAt(origin),
      servers: [{ name: 'oidc-provider', pid: child.pid ?? 0, withChildren: false }],
    })
    return { name: peerName, micros: cpu.micros }
  } finally {
    child.kill()
  }
}
