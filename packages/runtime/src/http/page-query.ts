/** The query of a list that comes in pages, newest first: how many, and from where on. */
import { z } from 'zod'

const defaultLimit = 50
const maxLimit = 200

/** The last of a page: what the next one begins after. */
export interface PagePosition {
  readonly id: string
  readonly createdAt: Date
}

/** Where a page ended, for whoever asks for the next one. */
export const toCursor = ({ id, createdAt }: PagePosition): string =>
  Buffer.from(`${createdAt.toISOString()} ${id}`).toString('base64url')

// As toCursor makes them: whatever else somebody encodes there, no store is asked about it.
const cursorForm = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([\w.~-]{1,128})$/

const fromCursor = (cursor: string, isId: (id: string) => boolean): PagePosition | undefined => {
  const [, instant = '', id = ''] = cursorForm.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? []
  const createdAt = new Date(instant)
  return Number.isNaN(createdAt.getTime()) || !isId(id) ? undefined : { id, createdAt }
}

/** @param isId what the list's ids look like */
export const pageQueryOf = (isId: (id: string) => boolean) =>
  z.object({
    limit: z
      .string()
      .regex(/^\d+$/, 'must be a whole number')
      .transform(Number)
      .refine(limit => limit >= 1 && limit <= maxLimit, `must be from 1 to ${maxLimit}`)
      .default(defaultLimit),
    cursor: z
      .string()
      .transform((text, context): PagePosition => {
        const position = fromCursor(text, isId)
        if (position !== undefined) return position
        context.addIssue({ code: 'custom', message: 'must be the next_cursor of an answer' })
        return z.NEVER
      })
      .optional(),
    search: z.string().max(100, 'is too long').optional(),
  })

/** A page out of one more than were asked for, which tells whether there is a next one. */
export const pageOf = <Item extends PagePosition>(
  found: readonly Item[],
  limit: number,
): { readonly items: readonly Item[]; readonly next: { readonly next_cursor?: string } } => {
  const items = found.slice(0, limit)
  const last = found.length > limit ? items.at(-1) : undefined
  return { items, next: last === undefined ? {} : { next_cursor: toCursor(last) } }
}
