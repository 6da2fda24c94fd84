/** The hook between the recorder, which is loaded before the service, and the service's end, which flushes it. */

type Shutdown = () => Promise<void>

let registered: Shutdown | undefined

/** Called by the recorder once it runs. */
export const onTelemetryShutdown = (shutdown: Shutdown): void => {
  registered = shutdown
}

/** Sends what has been recorded, for at most `timeoutMs`; a collector that is away loses it. Never rejects. */
export const shutdownTelemetry = async (timeoutMs = 3_000): Promise<void> => {
  if (registered === undefined) return
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, timeoutMs)
  await Promise.race([registered().catch(() => undefined), late.promise])
  clearTimeout(timer)
}
