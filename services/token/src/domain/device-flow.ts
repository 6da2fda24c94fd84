/**
 * The flow of somebody who has typed a user code: through the sign-in page to the page that asks them. It carries the
 * code, to be shown there, under a key that only the handle gives: the database holds neither.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import type { AuthorizationParameters } from './authorization-flow.ts'

const member = 'sealed_user_code'
const tagLength = 16

// Each handle has 256 bits and seals one code: a key and nonce are never used twice.
const keyAndNonceOf = (handle: string) => {
  const bytes = Buffer.from(hkdfSync('sha256', handle, '', 'latchkey device flow v1', 44))
  return [bytes.subarray(0, 32), bytes.subarray(32)] as const
}

/** The parameters of a flow; an authorization request's have a redirect URI, and these have none. */
export const deviceFlowParameters = (handle: string, userCode: string): AuthorizationParameters => {
  const cipher = createCipheriv('aes-256-gcm', ...keyAndNonceOf(handle))
  const ciphertext = Buffer.concat([cipher.update(userCode), cipher.final()])
  return { [member]: Buffer.concat([cipher.getAuthTag(), ciphertext]).toString('base64url') }
}

export const isDeviceFlow = (parameters: AuthorizationParameters): boolean =>
  parameters.redirect_uri === undefined && typeof parameters[member] === 'string'

/** The code that was typed; undefined for the flow of an authorization request. */
export const findUserCode = (handle: string, parameters: AuthorizationParameters): string | undefined => {
  const sealed = parameters[member]
  if (!isDeviceFlow(parameters) || typeof sealed !== 'string') return undefined
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', ...keyAndNonceOf(handle), { authTagLength: tagLength })
  decipher.setAuthTag(bytes.subarray(0, tagLength))
  return Buffer.concat([decipher.update(bytes.subarray(tagLength)), decipher.final()]).toString()
}
