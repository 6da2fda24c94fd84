/** A thread that hashes passwords, one at a time. */
import { parentPort } from 'node:worker_threads'
import { hashSync, verifySync } from '@node-rs/argon2'
import type { Argon2Answer, Argon2Job, Argon2Result } from './argon2-job.ts'

const run = (job: Argon2Job): Argon2Result => {
  if (job.kind === 'verify') return verifySync(job.passwordHash, job.password)
  const { memoryKib, passes, lanes } = job.parameters
  // Argon2id and version 19 are what the library does unless told otherwise.
  return hashSync(job.password, {
    memoryCost: memoryKib,
    timeCost: passes,
    parallelism: lanes,
  })
}

const answer = (job: Argon2Job): Argon2Answer => {
  try {
    return { result: run(job) }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}

parentPort?.on('message', (job: Argon2Job) => parentPort?.postMessage(answer(job)))
