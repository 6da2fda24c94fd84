/** Waits for a process that another launcher left behind, once it has been told to stop. */
import { setTimeout as delay } from 'node:timers/promises'
import { isNativeError } from 'node:util/types'

const pollMs = 50

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isNativeError(error) && 'code' in error && error.code === 'EPERM'
  }
}

/** Whether it was gone in time. */
export const goneWithin = async (pid: number, timeoutMs: number): Promise<boolean> => {
  const deadline = performance.now() + timeoutMs
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false
    await delay(pollMs)
  }
  return true
}
