import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { type FieldError, Problem } from '../problem/index.ts'
import { validate } from './validate.ts'

const fieldErrorsOf = (schema: z.ZodType, input: unknown): readonly FieldError[] => {
  try {
    validate(schema, input)
    return []
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return error.errors ?? []
  }
}

const errorsOf = (schema: z.ZodType, input: unknown): string[] =>
  fieldErrorsOf(schema, input).map(({ field, code }) => `${field}: ${code}`)

describe('input of one form or another', () => {
  const text = z.string()
  const schema = z.union([
    z.strictObject({ token: text }),
    z.strictObject({ code: text }),
    z.strictObject({ email: text, code: text }),
  ])

  it.each([
    [{ token: 0 }, ['token: invalid_type']],
    [{ code: [] }, ['code: invalid_type']],
    [{ email: 'a@example.com', code: null }, ['code: invalid_type']],
    [{ email: {}, code: '123456' }, ['email: unknown_member']],
    [{ token: 'x', code: 7 }, ['code: unknown_member']],
    [{}, ['token: required']],
  ])('names what is wrong with %j', (input, errors) => {
    expect(errorsOf(schema, input)).toEqual(errors)
  })

  it('says so of a member, too', () => {
    expect(errorsOf(z.object({ proof: schema }), { proof: { token: 1 } })).toEqual([
      'proof.token: invalid_type',
    ])
  })
})

describe('what is said of input', () => {
  it.each<[string, z.ZodType, unknown]>([
    ['must be text', z.string(), 7],
    ['must be a number', z.number(), '7'],
    ['must be a whole number', z.int(), 7.5],
    ['must be true or false', z.boolean(), 'yes'],
    ['must be a list', z.array(z.string()), 'a'],
    ['must be an object', z.record(z.string(), z.string()), []],
    ['must not be empty', z.string().min(1), ''],
    ['must not be empty', z.array(z.string()).min(1), []],
    ['must have at least 8 characters', z.string().min(8), 'short'],
    ['must have at most 3 characters', z.string().max(3), 'long'],
    ['must have at most 1 member', z.array(z.string()).max(1), ['a', 'b']],
    ['must be at least 1', z.number().min(1), 0],
    ['must be at most 5', z.number().max(5), 6],
    ['must be "a" or "b"', z.enum(['a', 'b']), 'c'],
    ['must be "a"', z.literal('a'), 'c'],
    ['is not valid', z.uuid(), 'x'],
  ])('%s', (message, schema, input) => {
    expect(fieldErrorsOf(z.object({ of: schema }), { of: input })).toMatchObject([{ field: 'of', message }])
  })

  it('is what the schema says, where it says something', () => {
    expect(fieldErrorsOf(z.object({ of: z.string('must be a name') }), { of: 7 })).toMatchObject([
      { message: 'must be a name' },
    ])
  })
})
