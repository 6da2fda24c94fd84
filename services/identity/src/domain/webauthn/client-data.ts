/** What the browser says of a ceremony: `clientDataJSON`. @see WebAuthn Level 3 §5.8.1 */
import { isUtf8 } from 'node:buffer'
import { parseJson } from '../json-text.ts'

export interface ClientData {
  readonly type: string
  readonly challenge: string
  readonly origin: string
  /** Made in a frame of another origin's page, as far as the browser says. */
  readonly isCrossOrigin: boolean
  /** The very bytes: their hash is what is signed. */
  readonly raw: Buffer
}

const utf8 = new TextDecoder()

/** Undefined for what no browser sends. */
export const parseClientData = (raw: Buffer): ClientData | undefined => {
  const parsed = isUtf8(raw) ? parseJson(utf8.decode(raw)) : undefined
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const { type, challenge, origin, crossOrigin, topOrigin } = parsed as Record<string, unknown>
  if (typeof type !== 'string' || typeof challenge !== 'string' || typeof origin !== 'string')
    return undefined
  const isCrossOrigin = (crossOrigin !== undefined && crossOrigin !== false) || topOrigin !== undefined
  return { type, challenge, origin, isCrossOrigin, raw }
}
