/**
 * The threads that hash passwords, and the queue before them. They are ours alone, so that sixteen sign-ins at once
 * delay no signature, file or name look-up on libuv's shared threads; the queue is short, so that an overload is
 * told at once instead of after a time-out. See docs/adr/0002-argon2-pool.md.
 */
import { Worker } from 'node:worker_threads'
import { Overloaded } from '../errors.ts'
import type { Argon2Answer, Argon2Job, Argon2Result } from './argon2-job.ts'

export interface Argon2PoolInit {
  /** Threads: hashes that are worked on at the same time. */
  readonly concurrency: number
  /** Hashes that may wait for a thread. */
  readonly queueLimit: number
}

interface Task {
  readonly job: Argon2Job
  readonly resolve: (result: Argon2Result) => void
  readonly reject: (error: Error) => void
}

interface Thread {
  readonly worker: Worker
  task: Task | undefined
}

export const createArgon2Pool = ({ concurrency, queueLimit }: Argon2PoolInit) => {
  const threads = new Set<Thread>()
  const waiting: Task[] = []
  let closed = false

  const start = (): Thread => {
    const thread: Thread = {
      worker: new Worker(new URL('./argon2-worker.ts', import.meta.url)),
      task: undefined,
    }
    threads.add(thread)
    thread.worker.unref()
    thread.worker.on('message', (answer: Argon2Answer) => {
      const task = thread.task
      thread.task = undefined
      if (!closed) giveNext(thread)
      if ('result' in answer) task?.resolve(answer.result)
      else task?.reject(new Error(`hashing failed: ${answer.failure}`))
    })
    thread.worker.on('error', error => replace(thread, error))
    thread.worker.on('exit', () => replace(thread, new Error('a hashing thread ended')))
    return thread
  }

  /** A thread that died takes its task with it, and nothing else. */
  const replace = (thread: Thread, error: Error): void => {
    if (!threads.delete(thread)) return
    thread.task?.reject(error)
    if (closed) return
    // Started when there is work for it: a thread that can't start is not tried for ever.
    const next = waiting.shift()
    if (next !== undefined) give(start(), next)
  }

  const give = (thread: Thread, task: Task): void => {
    thread.task = task
    thread.worker.ref()
    thread.worker.postMessage(task.job)
  }

  const giveNext = (thread: Thread): void => {
    const next = waiting.shift()
    if (next === undefined) thread.worker.unref()
    else give(thread, next)
  }

  const findIdle = (): Thread | undefined => {
    for (const thread of threads) if (thread.task === undefined) return thread
    return threads.size < concurrency ? start() : undefined
  }

  return {
    /** @throws Overloaded when `queueLimit` others wait already. */
    run: (job: Argon2Job): Promise<Argon2Result> =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Overloaded('hashing_overloaded'))
        const task = { job, resolve, reject }
        const thread = findIdle()
        if (thread !== undefined) return give(thread, task)
        if (waiting.length >= queueLimit) return reject(new Overloaded('hashing_overloaded'))
        waiting.push(task)
      }),
    get waiting() {
      return waiting.length
    },
    get busy() {
      return [...threads].filter(({ task }) => task !== undefined).length
    },
    /** Ends the threads; what still waits or runs fails. */
    close: async (): Promise<void> => {
      closed = true
      for (const { reject } of waiting.splice(0)) reject(new Overloaded('hashing_overloaded'))
      await Promise.all([...threads].map(({ worker }) => worker.terminate()))
    },
  }
}

export type Argon2Pool = ReturnType<typeof createArgon2Pool>
