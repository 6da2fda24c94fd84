/** What is said of input where its schema says nothing itself: in words for who sent it, not for who wrote the schema. */
import type { z } from 'zod'

const types: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

/** `must be …`, to stand after the name of a field. */
export const describeIssue = (issue: z.core.$ZodRawIssue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${types[issue.expected] ?? issue.expected}`
    case 'too_small':
      if (sized(issue.origin) === undefined) return `must be at least ${issue.minimum}`
      return issue.minimum === 1
        ? 'must not be empty'
        : `must have at least ${issue.minimum} ${sized(issue.origin)}`
    case 'too_big':
      return sized(issue.origin) === undefined
        ? `must be at most ${issue.maximum}`
        : `must have at most ${issue.maximum} ${sized(issue.origin)}`
    case 'invalid_value':
      return `must be ${issue.values.map(value => JSON.stringify(value)).join(' or ')}`
    default:
      return 'is not valid'
  }
}

/** What there may be too many of; undefined where the value itself is too large. */
const sized = (origin: string): string | undefined => {
  if (origin === 'string') return 'characters'
  return origin === 'array' ? 'members' : undefined
}
