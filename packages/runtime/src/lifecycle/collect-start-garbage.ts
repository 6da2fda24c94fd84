/**
 * Starting leaves more garbage than an hour of idling, and V8 collects when memory is asked for, not when there is time:
 * an idle process would keep it. Only where node runs with `--expose-gc`, as on a machine that holds the whole suite.
 */

// By then the first requests, which load what is loaded on demand, are through.
const delayMs = 5_000

export const collectStartGarbage = (): void => {
  const { gc } = globalThis
  if (gc === undefined) return
  setTimeout(() => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' }), delayMs).unref()
}
