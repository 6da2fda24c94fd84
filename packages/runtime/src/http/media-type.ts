/** What a body is said to be. Only UTF-8 is taken: a second charset would be a second way to spell every check. */
import type { Request } from './messages.ts'

const parameter = /^\s*charset\s*=\s*(?:"utf-8"|utf-8)\s*$/i

/** True where the body is of `mediaType`, in UTF-8 (said or left out). @see RFC 9110 §8.3 */
export const hasMediaType = (req: Request, mediaType: string): boolean => {
  const [type = '', ...parameters] = (req.headers['content-type'] ?? '').split(';')
  if (type.trim().toLowerCase() !== mediaType) return false
  return parameters.every(each => !/^\s*charset\s*=/i.test(each) || parameter.test(each))
}

/**
 * True of a request that neither has a body nor says of which type it would be, as `curl -X DELETE` sends it: what is wrong
 * with it are the members that it lacks, not their format. @see RFC 9110 §6.4, §15.5.16
 */
export const isWithoutBody = ({ headers }: Request): boolean =>
  headers['content-type'] === undefined &&
  headers['transfer-encoding'] === undefined &&
  Number(headers['content-length'] ?? 0) === 0
