/** Argon2i, Argon2d and Argon2id, of both versions and with any parameters, as PHC strings. @see RFC 9106 */
import { fromBase64 } from './encodings.ts'
import { longestKeyBytes, mostMemoryBytes, type ReadHash, shortestKeyBytes } from './stored-hash.ts'

const pattern =
  /^\$argon2(?:id|i|d)\$(?:v=(?:16|19)\$)?m=(\d{1,8}),t=(\d{1,6}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

// Of memory that is filled in all passes together, in KiB: 27 times what a hash of ours fills.
const mostFilledKib = 1_048_576
const mostLanes = 64

export const readArgon2: ReadHash = text => {
  const [, memory, passes, lanes, salt = '', digest = ''] = pattern.exec(text) ?? []
  const [memoryKib, times, parallelism] = [Number(memory), Number(passes), Number(lanes)]
  const length = fromBase64(digest)?.length ?? 0
  const saltLength = fromBase64(salt)?.length ?? 0
  // RFC 9106 §3.1: eight KiB for each lane, eight bytes of salt.
  const isPossible = times >= 1 && parallelism >= 1 && memoryKib >= 8 * parallelism && saltLength >= 8
  if (!isPossible || length < shortestKeyBytes || length > longestKeyBytes) return undefined
  return {
    format: 'argon2',
    text,
    isAffordable:
      memoryKib * 1_024 <= mostMemoryBytes && memoryKib * times <= mostFilledKib && parallelism <= mostLanes,
    matches: async password => {
      const { verifySync } = await import('@node-rs/argon2')
      return verifySync(text, password)
    },
  }
}
