/**
 * What a journey has to keep from the state on: nonce and PKCE verifier. Both come from the state and a key of ours, so that
 * no store holds them: whoever reads the database, or Redis, can finish nobody's journey.
 */
import { createHmac, hkdfSync } from 'node:crypto'

export interface JourneySecrets {
  readonly nonce: string
  readonly codeVerifier: string
}

/** `key`: 32 bytes that every replica has. */
export const createJourneySecrets = (key: Uint8Array) => {
  const ownKey = new Uint8Array(hkdfSync('sha256', key, '', 'latchkey social journey v1', 32))
  const derive = (purpose: string, state: string): string =>
    createHmac('sha256', ownKey).update(`${purpose}\0${state}`).digest('base64url')
  return (state: string): JourneySecrets => ({
    nonce: derive('nonce', state),
    codeVerifier: derive('code_verifier', state),
  })
}

export type JourneySecretsOf = ReturnType<typeof createJourneySecrets>
