/**
 * `client_secret_basic`: id and secret in the Authorization header, each form-encoded first.
 * @see RFC 6749 §2.3.1, RFC 7617
 */
import { OAuthError } from '@latchkey/oauth'
import type { FindAttempt } from './attempt.ts'
import { judgeSecrets } from './client-secrets.ts'

export const basicChallenge = { 'WWW-Authenticate': 'Basic realm="latchkey", charset="UTF-8"' }

const malformed = () =>
  new OAuthError('invalid_client', 'Client authentication failed', { headers: basicChallenge })

/** Undefined where it is not form-encoded. */
const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

/** curl and many a library encode nothing; a secret of letters and digits is the same either way. */
const readingsOf = (text: string): readonly string[] => [...new Set([decode(text) ?? text, text])]

/** @param now for secrets that expire */
export const createClientSecretBasic =
  (now: () => Date): FindAttempt =>
  ({ authorization }) => {
    if (authorization === undefined) return undefined
    const [, credentials] = /^basic +([A-Za-z0-9+/]+=*) *$/i.exec(authorization) ?? []
    if (credentials === undefined) throw malformed()
    const pair = Buffer.from(credentials, 'base64').toString()
    const colon = pair.indexOf(':')
    if (colon < 1) throw malformed()
    const clientId = decode(pair.slice(0, colon))
    if (clientId === undefined) throw malformed()
    const secrets = readingsOf(pair.slice(colon + 1))
    return {
      method: 'client_secret_basic',
      clientId,
      judge: client => judgeSecrets(client, secrets, now()),
    }
  }
