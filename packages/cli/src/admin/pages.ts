/** Lists of the admin API, read to their end or to the limit that somebody set. */
import { z } from 'zod'
import { type Invocation, UsageError } from '../command.ts'
import type { AdminApi } from './admin-api.ts'

const pageSize = 200

const cursorOf = z.object({ next_cursor: z.string().optional() })

export interface ListInit<Item extends z.ZodType> {
  /** `/users` */
  readonly path: string
  /** The member that holds the items: `users`. */
  readonly member: string
  readonly item: Item
  /** What to look for; undefined ones are left out. */
  readonly filters: Readonly<Record<string, string | undefined>>
  readonly limit: number
}

/** @throws CommandFailed */
export const listAll = async <Item extends z.ZodType>(
  api: AdminApi,
  { path, member, item, filters, limit }: ListInit<Item>,
): Promise<z.output<Item>[]> => {
  const items = z.array(item)
  const found: z.output<Item>[] = []
  let cursor: string | undefined
  do {
    const query = new URLSearchParams({ limit: String(Math.min(pageSize, limit - found.length)) })
    for (const [name, value] of Object.entries({ ...filters, cursor }))
      if (value !== undefined) query.set(name, value)
    const answer = z.looseObject({ [member]: z.unknown() }).parse(await api.call('GET', `${path}?${query}`))
    found.push(...items.parse(answer[member]))
    cursor = cursorOf.parse(answer).next_cursor
  } while (cursor !== undefined && found.length < limit)
  return found
}

/** Of `--limit`. @throws UsageError */
export const limitOf = ({ options }: Pick<Invocation, 'options'>): number => {
  const limit = options.limit ?? '1000'
  if (typeof limit !== 'string' || !/^[1-9]\d{0,6}$/.test(limit))
    throw new UsageError('--limit is a positive number')
  return Number(limit)
}
