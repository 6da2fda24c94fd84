/**
 * Credentials that come more than once are refused here: node drops all but the first of them when the request is passed
 * on, so that no service could see that there was a choice, and others on the way may choose otherwise.
 */
import type { Request } from '@latchkey/runtime/http'
import { badRequest } from '@latchkey/runtime/problem'

/** @throws Problem 400 @see RFC 9110 §5.3 */
export const refuseRepeatedCredentials = (req: Request): void => {
  if (req.valuesOf('authorization').length > 1)
    throw badRequest('The Authorization header comes more than once')
}
