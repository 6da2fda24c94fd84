/** `client_secret_post`: id and secret in the body. @see RFC 6749 §2.3.1 */
import { findParameter, getParameter } from '@latchkey/oauth'
import type { FindAttempt } from './attempt.ts'
import { judgeSecrets } from './client-secrets.ts'

/** @param now for secrets that expire */
export const createClientSecretPost =
  (now: () => Date): FindAttempt =>
  ({ parameters }) => {
    const secret = findParameter(parameters, 'client_secret')
    if (secret === undefined) return undefined
    return {
      method: 'client_secret_post',
      clientId: getParameter(parameters, 'client_id'),
      judge: client => judgeSecrets(client, [secret], now()),
    }
  }
