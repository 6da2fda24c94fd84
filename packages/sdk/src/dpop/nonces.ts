/**
 * Nonces that proofs must hold: each is the number of a span of time with its HMAC, so that replicas with one secret
 * accept each other's and none is stored. The present one and the one before are good.
 * @see RFC 9449 §8, §9
 */
import { base64url } from 'jose'

/** Makes nonces and knows its own again. */
export interface NonceSource {
  /** What clients should use from now on. */
  current(): string | Promise<string>
  isGood(nonce: string): boolean | Promise<boolean>
}

/** What replicas have to share, and for how long one is good. */
export interface NoncesOptions {
  /** 32 bytes or more, the same on all replicas. */
  secret: Uint8Array<ArrayBuffer>
  /** How long one is handed out; it is good for twice as long at most. Default 120. */
  lifetimeSeconds?: number
  now?: () => Date
}

const algorithm = { name: 'HMAC', hash: 'SHA-256' }
const form = /^([0-9a-z]{1,11})\.([\w-]{43})$/

/** @throws RangeError where the secret is shorter than 32 bytes */
export const createNonces = (options: NoncesOptions): NonceSource => {
  if (options.secret.byteLength < 32) throw new RangeError('The secret of nonces must have 32 bytes or more')
  const lifetimeMs = (options.lifetimeSeconds ?? 120) * 1000
  const now = options.now ?? (() => new Date())
  const key = crypto.subtle.importKey('raw', options.secret, algorithm, false, ['sign', 'verify'])
  const spanNow = () => Math.floor(now().getTime() / lifetimeMs)
  const bytesOf = (span: string) => new TextEncoder().encode(`latchkey dpop nonce ${span}`)
  let made: { readonly span: number; readonly nonce: Promise<string> } | undefined

  const make = async (span: string) =>
    `${span}.${base64url.encode(new Uint8Array(await crypto.subtle.sign(algorithm, await key, bytesOf(span))))}`

  return {
    current: () => {
      const span = spanNow()
      if (made?.span !== span) made = { span, nonce: make(span.toString(36)) }
      return made.nonce
    },
    isGood: async nonce => {
      const [, span, mac] = form.exec(nonce) ?? []
      if (span === undefined || mac === undefined) return false
      const age = spanNow() - Number.parseInt(span, 36)
      if (age !== 0 && age !== 1) return false
      return crypto.subtle.verify(algorithm, await key, new Uint8Array(base64url.decode(mac)), bytesOf(span))
    },
  }
}
