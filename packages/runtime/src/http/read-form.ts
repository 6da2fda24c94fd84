/** Reads forms and query strings, by the rules that OAuth has for both. @see draft OAuth 2.1 §3.1, §3.2.2 */
import type { z } from 'zod'
import { unsupportedMediaType } from '../problem/index.ts'
import { hasMediaType, isWithoutBody } from './media-type.ts'
import type { Request } from './messages.ts'
import { type ParametersOptions, parseParameters } from './parameters.ts'
import { readBody } from './read-body.ts'
import { validate } from './validate.ts'

const formType = 'application/x-www-form-urlencoded'

/**
 * No body at all is a form without parameters.
 * @throws Problem 400 (`MALFORMED_PARAMETERS`, `DUPLICATE_PARAMETER`, `VALIDATION_FAILED`), 413 or 415
 */
export const readForm = async <Schema extends z.ZodType>(
  req: Request,
  schema: Schema,
  options?: ParametersOptions,
): Promise<z.output<Schema>> => {
  if (isWithoutBody(req)) return validate(schema, parseParameters('', options))
  if (!hasMediaType(req, formType)) {
    throw unsupportedMediaType(`The body must be ${formType} in UTF-8`, { Accept: formType })
  }
  const body = await readBody(req)
  return validate(schema, parseParameters(body.toString('latin1'), options))
}

/** The same for the query string. @throws Problem 400 as above. */
export const readQuery = <Schema extends z.ZodType>(
  req: Request,
  schema: Schema,
  options?: ParametersOptions,
): z.output<Schema> => {
  const start = req.url.indexOf('?')
  return validate(schema, parseParameters(start < 0 ? '' : req.url.slice(start + 1), options))
}
