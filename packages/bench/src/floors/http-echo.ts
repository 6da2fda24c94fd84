/** What a request costs where nobody does anything for it: node:http, one process, over the same client. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { load } from '../load/load.ts'
import type { Lane } from '../load/protocol.ts'
import type { Floor } from '../report/result.ts'

export const measureHttpEcho = async (lanes: readonly Lane[]): Promise<Floor> => {
  const child = fork(fileURLToPath(new URL('./echo-process.ts', import.meta.url)), { execArgv: [] })
  try {
    const [port] = await once(child, 'message')
    const { cpu } = await load({
      origin: `http://127.0.0.1:${port}`,
      lanes,
      servers: [{ name: 'echo', pid: child.pid ?? 0, withChildren: false }],
      measureMs: 2_000,
    })
    return { name: 'node:http echo', micros: cpu.micros }
  } finally {
    child.kill()
  }
}
