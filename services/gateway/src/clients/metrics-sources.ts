/** Reads the metrics of other processes from their management ports. */

const deadlineMs = 1_000

/** The pages of those that answer in time; one that does not is missing, as it would be for Prometheus. */
export const createMetricsSources = (urls: readonly string[]) => async (): Promise<string[]> => {
  const pages = await Promise.allSettled(
    urls.map(async url => {
      const response = await fetch(url, { signal: AbortSignal.timeout(deadlineMs) })
      if (!response.ok) throw new Error(`metrics answered ${response.status}`)
      return response.text()
    }),
  )
  return pages.filter(page => page.status === 'fulfilled').map(page => page.value)
}
