/** Client secrets have 256 bits: SHA-256 keeps them, and a comparison that tells nothing by its time. */
import { timingSafeEqual } from 'node:crypto'
import type { Client, ClientSecret } from '../domain/client.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { Judgement } from './attempt.ts'

/** No secret has it; an unknown client costs the comparison that a known one does. */
const nobodys: readonly ClientSecret[] = [{ hash: Buffer.alloc(32) }]

/** Whether it is one of the client's secrets that have not expired: while one is changed, two are good. */
export const isSecretOf = (client: Client | undefined, rawSecret: string, now: Date): boolean => {
  const presented = hashSecret(rawSecret)
  const secrets = client?.secrets ?? nobodys
  return secrets
    .filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now)
    .reduce((found, secret) => timingSafeEqual(presented, secret.hash) || found, false)
}

/** @param readings of what was sent as the secret: one of them has to be right */
export const judgeSecrets = (
  client: Client | undefined,
  readings: readonly string[],
  now: Date,
): Judgement => (readings.some(rawSecret => isSecretOf(client, rawSecret, now)) ? 'right' : 'wrong')
