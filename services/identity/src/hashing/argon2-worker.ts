/** A thread that hashes passwords, one at a time. */
import { parentPort } from 'node:worker_threads'
import { hashSync } from '@node-rs/argon2'
import type { Argon2Answer, Argon2Job, Argon2Result } from './argon2-job.ts'
import { readStoredHash } from './formats/index.ts'

/** @throws Error where nothing verifies the hash, or only at a price that no sign-in is worth */
const verify = async (password: string, passwordHash: string): Promise<boolean> => {
  const hash = readStoredHash(passwordHash)
  if (hash === undefined) throw new Error('the stored hash is of no known format')
  if (!hash.isAffordable) throw new Error('the stored hash costs too much')
  return hash.matches(password)
}

const run = async (job: Argon2Job): Promise<Argon2Result> => {
  if (job.kind === 'verify') return verify(job.password, job.passwordHash)
  const { memoryKib, passes, lanes } = job.parameters
  // Argon2id and version 19 are what the library does unless told otherwise.
  return hashSync(job.password, {
    memoryCost: memoryKib,
    timeCost: passes,
    parallelism: lanes,
  })
}

const answer = async (job: Argon2Job): Promise<Argon2Answer> => {
  try {
    return { result: await run(job) }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}

parentPort?.on('message', async (job: Argon2Job) => parentPort?.postMessage(await answer(job)))
