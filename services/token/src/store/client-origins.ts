/**
 * Whether the pages of an origin may call for any client. Kept for a few seconds for each origin that was asked for, or
 * until a client has changed.
 */
import type pg from 'pg'

const keptMs = 5_000
const maxKept = 1_000

const statement = 'select exists (select from clients where active and origins @> array[$1]) as known'

export interface ClientOriginsDeps {
  readonly pool: pg.Pool
  readonly now: () => Date
}

export const createClientOrigins = ({ pool, now }: ClientOriginsDeps) => {
  const kept = new Map<string, { readonly isKnown: Promise<boolean>; readonly untilMs: number }>()

  const read = async (origin: string): Promise<boolean> => {
    const { rows } = await pool.query<{ known: boolean }>({
      name: 'find-client-origin',
      text: statement,
      values: [origin],
    })
    return rows[0]?.known ?? false
  }

  return {
    isKnown: (origin: string): Promise<boolean> => {
      const known = kept.get(origin)
      if (known !== undefined && known.untilMs > now().getTime()) return known.isKnown
      const isKnown = read(origin)
      if (kept.size >= maxKept) kept.clear()
      kept.set(origin, { isKnown, untilMs: now().getTime() + keptMs })
      isKnown.catch(() => kept.delete(origin))
      return isKnown
    },
    /** Reads all of them anew the next time. */
    forget: (): void => kept.clear(),
  }
}
