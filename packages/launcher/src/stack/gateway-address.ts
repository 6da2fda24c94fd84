/** Where the gateway is to be found from this machine, and whether it can be there. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Environment } from '@latchkey/runtime/settings'
import { isPortFree } from '../processes/index.ts'
import { portTaken } from './refusals.ts'

// The drain of a gateway whose launcher was killed, and some.
const abandonedTimeoutMs = 30_000
const pollMs = 200

/**
 * Waits for the port where a killed launcher's gateway may still drain on it.
 * @throws StartRefused when somebody else has it
 */
export const claimPort = async (port: number, host: string, abandoned: boolean): Promise<void> => {
  const deadline = performance.now() + (abandoned ? abandonedTimeoutMs : 0)
  while (!(await isPortFree(port, host))) {
    if (performance.now() >= deadline) throw portTaken(port, 'PORT')
    await delay(pollMs)
  }
}

/** `http://localhost:8080`; `https` where the gateway has a certificate of its own. */
export const gatewayUrl = (port: number, host: string, env: Environment): string => {
  const scheme = env.PUBLIC_TLS_CERT_FILE ? 'https' : 'http'
  const isLocal = ['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost'].includes(host)
  return `${scheme}://${isLocal ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`
}
