/** Work that ends in time, whether it listens to its signal or not. */

/**
 * Runs `work` for at most `timeoutMs`, or until `stop` aborts; then its signal aborts and the promise rejects with
 * the reason, though the work may go on unheard.
 */
export const bounded = async <Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  { timeoutMs, stop }: { readonly timeoutMs: number; readonly stop: AbortSignal },
): Promise<Result> => {
  const controller = new AbortController()
  const ended = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true })
  })
  const onStop = () => controller.abort(stop.reason)
  const timer = setTimeout(() => controller.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  stop.addEventListener('abort', onStop, { once: true })
  try {
    return await Promise.race([work(controller.signal), ended])
  } finally {
    clearTimeout(timer)
    stop.removeEventListener('abort', onStop)
  }
}

/** Whether `work` settles within `timeoutMs`. */
export const settlesWithin = async (work: Promise<unknown>, timeoutMs: number): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(resolve, timeoutMs, false)
  })
  const settled = await Promise.race([
    work.then(
      () => true,
      () => true,
    ),
    late,
  ])
  clearTimeout(timer)
  return settled
}
