/**
 * Whether work outlives the request that began it. On Workers it does not: a fetch ends with its request, and a promise of
 * one request never settles for another. There, nothing that is under way is shared, or left to the background.
 * @see https://developers.cloudflare.com/workers/runtime-apis/context/
 */

interface MarksOfWorkers {
  readonly WebSocketPair?: unknown
  readonly EdgeRuntime?: unknown
  readonly navigator?: { readonly userAgent?: string }
}

export const keepsWork = (): boolean => {
  const { WebSocketPair, EdgeRuntime, navigator } = globalThis as MarksOfWorkers
  return (
    WebSocketPair === undefined && EdgeRuntime === undefined && navigator?.userAgent !== 'Cloudflare-Workers'
  )
}
