/** What Postgres stores of a password, made on our side: so the password itself is in no statement and no log. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'

// Postgres' own default; the passwords are random, so more rounds would only slow the connects.
const iterations = 4_096

/** @see RFC 5803, RFC 5802 §3 */
export const scramVerifier = (password: string, salt = randomBytes(16)): string => {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256')
  const keyFor = (name: string) => createHmac('sha256', salted).update(name).digest()
  const storedKey = createHash('sha256').update(keyFor('Client Key')).digest('base64')
  const serverKey = keyFor('Server Key').toString('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`
}
