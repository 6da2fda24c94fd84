/**
 * What a hash costs. 12 MiB, three passes, one lane: of the settings that the OWASP Password Storage Cheat Sheet calls
 * equally strong, the one that leaves the caches to the rest of a sign-in (ADR 28). Stored hashes name their own
 * parameters, so these may change: a user's hash follows at the next sign-in.
 */

export interface Argon2Parameters {
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
}

export const owaspParameters: Argon2Parameters = { memoryKib: 12_288, passes: 3, lanes: 1 }

const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/

/** Whether a stored hash was made by another algorithm, or with other parameters. @see the PHC string format */
export const isOutdated = (passwordHash: string, wanted: Argon2Parameters): boolean => {
  const [, memoryKib, passes, lanes] = (phc.exec(passwordHash) ?? []).map(Number)
  return memoryKib !== wanted.memoryKib || passes !== wanted.passes || lanes !== wanted.lanes
}
