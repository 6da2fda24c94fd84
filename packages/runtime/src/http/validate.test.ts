import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { Problem } from '../problem/index.ts'
import { validate } from './validate.ts'

const errorsOf = (schema: z.ZodType, input: unknown): string[] => {
  try {
    validate(schema, input)
    return []
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return (error.errors ?? []).map(({ field, code }) => `${field}: ${code}`)
  }
}

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
