/** Randomness for ids: one draw serves for many, since each call of the generator costs as much as finding a route. */
import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(4_096)
let used = pool.length

/** Bytes that nobody has had before; to be copied, not kept: they are drawn over later. */
export const randomSlice = (bytes: number): Buffer => {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.subarray(used - bytes, used)
}
