/** A challenge for a passkey: random, good once and for minutes, stored as its hash. @see WebAuthn Level 3 §13.4.3 */
import { randomToken } from '@latchkey/runtime/crypto'
import { hashPasskeyChallenge, type PasskeyCeremony } from '../domain/passkey.ts'
import { ceremonySeconds } from '../domain/webauthn/options.ts'

export interface GivePasskeyChallengeDeps {
  readonly ceremonies: { begin(ceremony: PasskeyCeremony): Promise<void> }
  readonly now: () => Date
}

export const createGivePasskeyChallenge =
  ({ ceremonies, now }: GivePasskeyChallengeDeps) =>
  async (ceremony: Pick<PasskeyCeremony, 'purpose' | 'userId' | 'boundTo'>): Promise<string> => {
    const challenge = randomToken()
    const challengeHash = hashPasskeyChallenge(challenge)
    const expiresAt = new Date(now().getTime() + ceremonySeconds * 1_000)
    await ceremonies.begin({ ...ceremony, challengeHash, expiresAt })
    return challenge
  }

export type GivePasskeyChallenge = ReturnType<typeof createGivePasskeyChallenge>
