/** The first step of a stop: tell load balancers, and go on serving until they have heard. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Health } from '../health/index.ts'

/**
 * From the call on `health` is draining; resolves `endpointRemovalSeconds` later, when the ports may close.
 * Add it to the closing last, after all servers, so that it comes first.
 */
export const announceStop = (health: Health, endpointRemovalSeconds: number) => async (): Promise<void> => {
  if (health.draining) return
  health.drain()
  await delay(endpointRemovalSeconds * 1_000)
}
