/** Turns what a schema has to say about input into the `errors[]` of a problem. */
import type { z } from 'zod'
import { type FieldError, validationFailed } from '../problem/index.ts'
import { describeIssue } from './describe-issue.ts'

/** @throws Problem 400 `VALIDATION_FAILED` with one entry for each thing that is wrong. */
export const validate = <Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> => {
  const parsed = schema.safeParse(input, { error: describeIssue })
  if (parsed.success) return parsed.data
  throw validationFailed(parsed.error.issues.flatMap(issue => fieldErrors(issue, input)))
}

const isMissing = ({ path }: z.core.$ZodIssue, input: unknown): boolean =>
  path.length > 0 && valueAt(input, path) === undefined

/**
 * What the form of a union that was most likely meant has against the input: the one that misses the fewest members, then
 * the one that knows the most of them, then the one with the least to say.
 */
const closestOf = (
  forms: readonly (readonly z.core.$ZodIssue[])[],
  path: readonly PropertyKey[],
  input: unknown,
): readonly z.core.$ZodIssue[] => {
  const ranked = forms
    .map(issues => issues.map(issue => ({ ...issue, path: [...path, ...issue.path] })))
    .map(issues => ({
      issues,
      missing: issues.filter(issue => isMissing(issue, input)).length,
      unknown: issues.filter(({ code }) => code === 'unrecognized_keys').length,
    }))
    .toSorted((a, b) => a.missing - b.missing || a.unknown - b.unknown || a.issues.length - b.issues.length)
  return ranked[0]?.issues ?? []
}

/** `required` for a member that is missing; a custom issue may name its own code in `params.code`. */
const fieldErrors = (issue: z.core.$ZodIssue, input: unknown): readonly FieldError[] => {
  const field = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({
      field: field === '' ? key : `${field}.${key}`,
      message: 'is not a known member',
      code: 'unknown_member',
    }))
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0)
    return closestOf(issue.errors, issue.path, input).flatMap(each => fieldErrors(each, input))
  if (isMissing(issue, input)) {
    return [{ field, message: 'is required', code: 'required' }]
  }
  const own: unknown = issue.code === 'custom' ? issue.params?.code : undefined
  return [{ field, message: issue.message, code: typeof own === 'string' ? own : issue.code }]
}

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  )
