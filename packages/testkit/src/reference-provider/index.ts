/** The certified `oidc-provider`, with its in-memory store, as a process of its own: what ours is compared with. */
import { fork } from 'node:child_process'
import type { JsonWebKey } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export { referenceClients } from './clients.ts'

export interface ReferenceProvider {
  readonly origin: string
  readonly pid: number
  readonly stop: () => void
}

export interface ReferenceProviderInit {
  /** The public key of the client `signer`. */
  readonly signerKey?: JsonWebKey
}

export const startReferenceProvider = async ({
  signerKey,
}: ReferenceProviderInit = {}): Promise<ReferenceProvider> => {
  const args = signerKey === undefined ? [] : [JSON.stringify(signerKey)]
  const child = fork(fileURLToPath(new URL('./process.ts', import.meta.url)), args, {
    execArgv: [],
    // It warns of settings that only matter in production.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const ended = once(child, 'exit').then(() => {
    throw new Error('the reference provider did not start')
  })
  const [port] = await Promise.race([once(child, 'message'), ended])
  ended.catch(() => undefined)
  return { origin: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => void child.kill() }
}
