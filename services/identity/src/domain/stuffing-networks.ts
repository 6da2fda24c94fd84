/** The networks from which ever new accounts are tried at present, as far as this process has seen. */

// As long as the store counts on after the last failure.
const seenForMs = 900_000
// More networks at once are one attack, and the number says so.
const mostNetworks = 10_000

export const createStuffingNetworks = () => {
  const untilMs = new Map<string, number>()
  return {
    /** True where it is a new one, or one that was quiet for so long that it is new again. */
    note: (network: string, at: Date): boolean => {
      const known = untilMs.get(network)
      if (known !== undefined || untilMs.size < mostNetworks) untilMs.set(network, at.getTime() + seenForMs)
      return known === undefined || known < at.getTime()
    },

    count: (at: Date): number => {
      for (const [network, until] of untilMs) if (until < at.getTime()) untilMs.delete(network)
      return untilMs.size
    },
  }
}
