/** The same load on the certified oidc-provider, in the same run. */
import { startReferenceProvider } from '@latchkey/testkit/reference-provider'
import { load } from '../load/load.ts'
import type { Lane } from '../load/protocol.ts'
import type { Floor } from '../report/result.ts'

/** @param lanesAt makes the lanes once the peer runs at `origin` */
export const measurePeer = async (lanesAt: (origin: string) => Promise<readonly Lane[]>): Promise<Floor> => {
  const { origin, pid, stop } = await startReferenceProvider()
  try {
    const lanes = await lanesAt(origin)
    const { cpu } = await load({
      origin,
      lanes,
      servers: [{ name: 'oidc-provider', pid, withChildren: false }],
    })
    return { name: 'oidc-provider, in memory', micros: cpu.micros }
  } finally {
    stop()
  }
}
