/** Reads `Content-Type`. Only UTF-8 is taken: a second charset would be a second way to spell every check. */
import type { Request } from './messages.ts'

const parameter = /^\s*charset\s*=\s*(?:"utf-8"|utf-8)\s*$/i

/** True where the body is of `mediaType`, in UTF-8 (said or left out). @see RFC 9110 §8.3 */
export const hasMediaType = (req: Request, mediaType: string): boolean => {
  const [type = '', ...parameters] = (req.headers['content-type'] ?? '').split(';')
  if (type.trim().toLowerCase() !== mediaType) return false
  return parameters.every(each => !/^\s*charset\s*=/i.test(each) || parameter.test(each))
}
