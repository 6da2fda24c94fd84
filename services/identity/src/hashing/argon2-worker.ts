/**
 * A thread that hashes passwords, one at a time. It is less urgent than the rest of the process: on Linux a thread
 * has a niceness of its own, and a verification that takes longer hurts less than a request loop that stands still.
 */
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { hashSync, verifySync } from '@node-rs/argon2'
import type { Argon2Answer, Argon2Job, Argon2Result } from './argon2-job.ts'

const niceness = 10

// Elsewhere the priority would be that of the whole process.
if (process.platform === 'linux') setPriority(niceness)

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
