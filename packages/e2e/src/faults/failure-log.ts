/** What went wrong at the client and when, so that a test can say how a fault looked from outside and when it ended. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Answer, isFailure } from './client.ts'

/** SPEC, CHECKLIST "Invariants under faults" 5: no 5xx later than that after one process was killed. */
const endsWithinMs = 30_000
// Longer than any pause between two calls of the load.
const calmMs = 1_500

export const createFailureLog = () => {
  const failures: Answer[] = []
  let successes = 0

  const record = (answer: Answer): void => {
    if (isFailure(answer)) failures.push(answer)
    else successes += 1
  }

  /** Waits until calls have succeeded, and none has failed, for a while. @throws Error 30 s after `sinceMs` */
  const untilCalm = async (sinceMs: number): Promise<void> => {
    for (;;) {
      const before = { failures: failures.length, successes }
      await delay(calmMs)
      if (failures.length === before.failures && successes > before.successes) return
      if (performance.now() - sinceMs > endsWithinMs + calmMs) {
        throw new Error(`calls still fail after 30 s\n${failures.slice(-5).map(describeFailure).join('\n')}`)
      }
    }
  }

  return {
    record,
    untilCalm,
    /** Forgets what was seen so far. */
    clear: (): void => {
      failures.length = 0
      successes = 0
    },
    get successes() {
      return successes
    },
    /** Failures of other kinds than `allowed`, in words. */
    unexpected: (...allowed: readonly FailureKind[]): string[] =>
      failures.filter(failure => !allowed.some(kind => kind === kindOf(failure))).map(describeFailure),
  }
}

export type FailureLog = ReturnType<typeof createFailureLog>

/** `503` is the failure that is promised: a problem with `Retry-After`. A connection only the gateway can break. */
export type FailureKind = '503' | 'no connection'

const kindOf = ({ status, body, retryAfter }: Answer): FailureKind | undefined => {
  if (status === 0) return 'no connection'
  const isPromised = status === 503 && body.code === 'SERVICE_UNAVAILABLE' && Number(retryAfter) > 0
  return isPromised ? '503' : undefined
}

const describeFailure = ({ call, status, failure, body, retryAfter, requestId }: Answer): string =>
  `${call}: ${status} ${failure ?? `${body.detail} ${body.code}`}, Retry-After ${retryAfter}, ${requestId}`
