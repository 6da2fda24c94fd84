/** The query of a list: how many, from where on, and what to look for. */
import { z } from 'zod'
import type { Client } from '../domain/client.ts'
import type { ClientId } from '../domain/ids.ts'

const defaultLimit = 50
const maxLimit = 200

type Position = Pick<Client, 'id' | 'createdAt'>

/** Where a page ended, for whoever asks for the next one. */
export const toCursor = ({ id, createdAt }: Position): string =>
  Buffer.from(`${createdAt.toISOString()} ${id}`).toString('base64url')

// As toCursor makes them: whatever else somebody encodes there, no store is asked about it.
const cursorForm = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([\w.~-]{1,128})$/

const fromCursor = (cursor: string): Position | undefined => {
  const [, instant = '', id = ''] = cursorForm.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? []
  const createdAt = new Date(instant)
  return Number.isNaN(createdAt.getTime()) ? undefined : { id: id as ClientId, createdAt }
}

export const pageQuery = z.object({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number')
    .transform(Number)
    .refine(limit => limit >= 1 && limit <= maxLimit, `must be from 1 to ${maxLimit}`)
    .default(defaultLimit),
  cursor: z
    .string()
    .transform((text, context): Position => {
      const position = fromCursor(text)
      if (position !== undefined) return position
      context.addIssue({ code: 'custom', message: 'must be the next_cursor of an answer' })
      return z.NEVER
    })
    .optional(),
  search: z.string().max(100, 'is too long').optional(),
})
