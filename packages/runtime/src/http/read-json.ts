/** Reads a JSON body and checks it against a schema: the only way from the wire to a use case. */
import type { z } from 'zod'
import { unsupportedMediaType } from '../problem/index.ts'
import { hasMediaType, isWithoutBody } from './media-type.ts'
import type { Request } from './messages.ts'
import { readBody } from './read-body.ts'
import { parseStrictJson } from './strict-json.ts'
import { validate } from './validate.ts'

/** No body at all is an object without members. @throws Problem 400 (`MALFORMED_JSON`, `VALIDATION_FAILED`), 413 or 415. */
export const readJson = async <Schema extends z.ZodType>(
  req: Request,
  schema: Schema,
): Promise<z.output<Schema>> => {
  if (isWithoutBody(req)) return validate(schema, {})
  if (!hasMediaType(req, 'application/json')) {
    throw unsupportedMediaType('The body must be application/json in UTF-8', { Accept: 'application/json' })
  }
  return validate(schema, parseStrictJson(await readBody(req)))
}
