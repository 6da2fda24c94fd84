/** A memory of at most so many entries: the oldest makes room for a new one. */
export const createBoundedMap = <Value>(capacity: number) => {
  const entries = new Map<string, Value>()
  return {
    get: (key: string): Value | undefined => entries.get(key),
    delete: (key: string): void => void entries.delete(key),
    clear: (): void => entries.clear(),
    set: (key: string, value: Value): void => {
      if (capacity === 0) return
      if (entries.size >= capacity && !entries.has(key)) {
        const oldest = entries.keys().next()
        if (!oldest.done) entries.delete(oldest.value)
      }
      entries.set(key, value)
    },
  }
}
