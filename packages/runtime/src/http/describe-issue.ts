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
      if (!isSized(issue.origin)) return `must be at least ${issue.minimum}`
      return issue.minimum === 1
        ? 'must not be empty'
        : `must have at least ${counted(issue.minimum, issue.origin)}`
    case 'too_big':
      return isSized(issue.origin)
        ? `must have at most ${counted(issue.maximum, issue.origin)}`
        : `must be at most ${issue.maximum}`
    case 'invalid_value':
      return `must be ${issue.values.map(value => JSON.stringify(value)).join(' or ')}`
    default:
      return 'is not valid'
  }
}

/** What there may be too many of; anything else may itself be too large. */
const units = { string: 'character', array: 'member' } as const

type Sized = keyof typeof units

const isSized = (origin: string): origin is Sized => origin in units

const counted = (count: number | bigint, origin: Sized): string =>
  `${count} ${units[origin]}${count === 1 ? '' : 's'}`
