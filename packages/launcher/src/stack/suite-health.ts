/** Whether the suite as a whole works, by the gateway's own word: each process may be ready before they know each other. */
import { setTimeout as delay } from 'node:timers/promises'

const pollMs = 200

const isHealthy = async (gateway: string): Promise<boolean> => {
  try {
    const response = await fetch(`${gateway}/auth/health`, { signal: AbortSignal.timeout(5_000) })
    const { status }: { status?: unknown } = Object(await response.json())
    return status === 'healthy'
  } catch {
    return false
  }
}

/** False where it is not healthy within `timeoutMs`; it may become so later. */
export const whenHealthy = async (gateway: string, timeoutMs = 20_000): Promise<boolean> => {
  const giveUpMs = performance.now() + timeoutMs
  while (performance.now() < giveUpMs) {
    if (await isHealthy(gateway)) return true
    await delay(pollMs)
  }
  return false
}
