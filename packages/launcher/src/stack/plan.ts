/** How each service process is run: pinned Node, telemetry first, little memory, asked for readiness over HTTP. */
import type { ProcessPlan } from '../processes/index.ts'
import { type EnvironmentInit, environmentOf } from './environment.ts'
import { type Replica, readyUrl } from './replicas.ts'
import { serviceFolder } from './services.ts'

/**
 * A suite shares one machine with everything else on it. One thread for V8's background work, as seven processes with
 * four each only get in each other's way; young generations large enough not to promote every request in flight; the
 * garbage of the start collected once. Measured in docs/benchmarks.md.
 */
const nodeFlags = ['--v8-pool-size=1', '--max-semi-space-size=16', '--expose-gc']

const probeTimeoutMs = 1_000

// A tenth of the weight of others: who tries passwords in a storm leaves token issuance nine tenths (docs/benchmarks.md).
const hashingNiceness = 10

export const planProcess = (replica: Replica, init: EnvironmentInit): ProcessPlan => {
  const env = environmentOf(replica, init)
  const drainSeconds = Number(env.SHUTDOWN_TIMEOUT_SECONDS || 20) + Number(env.ENDPOINT_REMOVAL_SECONDS || 0)
  return {
    name: replica.name,
    command: process.execPath,
    args: [...nodeFlags, '--import', '@latchkey/runtime/telemetry', replica.service.entry],
    cwd: serviceFolder(replica.service.folder),
    env,
    noticesOurEnd: true,
    ...(replica.service.name === 'identity' ? { niceness: hashingNiceness } : {}),
    isReady: () => answersOk(readyUrl(replica)),
    stopSignal: 'SIGTERM',
    // The process cuts itself off before that; this is for one that hangs.
    stopTimeoutMs: (drainSeconds + 5) * 1_000,
  }
}

const answersOk = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(probeTimeoutMs) })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
