/**
 * How long the work of an inbound call may go on: until its deadline, its caller's cancellation or its own
 * end. Calls made within it end by then; work that outlives it (a relay that it woke) is bound by nothing.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { currentContext } from '../context/index.ts'

interface CallScope {
  readonly signal: AbortSignal
  over: boolean
}

const storage = new AsyncLocalStorage<CallScope>()

/** Runs the work of one inbound call; the scope is over once that has settled. */
export const withCallScope = async <Result>(
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> => {
  const scope: CallScope = { signal, over: false }
  return storage.run(scope, work).finally(() => {
    scope.over = true
  })
}

/** The bounds that an outgoing call inherits from the request being served, where there are any. */
export const inheritedBounds = (): { deadlineAt?: Date | undefined; signal?: AbortSignal } => {
  const scope = storage.getStore()
  if (scope?.over) return {}
  const { deadlineAt } = currentContext() ?? {}
  return scope ? { deadlineAt, signal: scope.signal } : { deadlineAt }
}
