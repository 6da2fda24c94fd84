/**
 * A thread that hashes passwords, one at a time, after everything else that wants a core: guessing passwords must not be a
 * way to slow down those who hold a token. See docs/adr/0002-argon2-pool.md.
 */
import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { hashSync } from '@node-rs/argon2'
import type { Argon2Answer, Argon2Job, Argon2Result } from './argon2-job.ts'
import { readStoredHash } from './formats/index.ts'

/** What a hash may take from others where there are not cores enough: a tenth of what one of them has. */
const niceness = 10

/** On Linux, niceness belongs to a thread; elsewhere this thread is like any other. */
const stepBack = (): void => {
  try {
    const [, threadId] = /\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self')) ?? []
    if (threadId !== undefined) setPriority(Number(threadId), niceness)
  } catch {
    // No /proc, or not allowed: what matters is that passwords are hashed.
  }
}

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

stepBack()
parentPort?.on('message', async (job: Argon2Job) => parentPort?.postMessage(await answer(job)))
