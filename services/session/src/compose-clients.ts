/** What the service needs of the token service: its keys, by which bearers are verified. */
import { createBearerVerifier } from '@latchkey/contracts'
import type { TlsMaterial } from '@latchkey/runtime/certificates'
import type { Closing } from '@latchkey/runtime/lifecycle'
import type { SessionSettings } from './config.ts'

export interface ClientsInit {
  readonly settings: SessionSettings
  readonly tls: TlsMaterial
  readonly closing: Closing
}

export const composeClients = ({ settings, tls, closing }: ClientsInit) => {
  const verifier = createBearerVerifier({ issuer: settings.PUBLIC_URL, tokenUrls: [settings.TOKEN_URL], tls })
  closing.add('bearer verifier', verifier.close)
  return { verifier }
}

export type Clients = ReturnType<typeof composeClients>
