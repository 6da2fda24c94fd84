/**
 * What a hash costs. 19 MiB, two passes, one lane: the OWASP Password Storage Cheat Sheet's Argon2id setting. Stored
 * hashes name their own parameters, so these may change: a user's hash follows at the next sign-in.
 */

export interface Argon2Parameters {
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
}

export const owaspParameters: Argon2Parameters = { memoryKib: 19_456, passes: 2, lanes: 1 }

const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/

/** Whether a stored hash was made by another algorithm, or with other parameters. @see the PHC string format */
export const isOutdated = (passwordHash: string, wanted: Argon2Parameters): boolean => {
  const [, memoryKib, passes, lanes] = (phc.exec(passwordHash) ?? []).map(Number)
  return memoryKib !== wanted.memoryKib || passes !== wanted.passes || lanes !== wanted.lanes
}
