/**
 * What an import takes: users as JSON lines, or as the member `users` of one object. Every line is looked at, and what is
 * wrong with it told with its number, so that one look at the answer mends the file.
 */
import { hasMediaType, parseStrictJson, type Request, readBody, validate } from '@latchkey/runtime/http'
import { type FieldError, Problem, unsupportedMediaType } from '@latchkey/runtime/problem'
import { z } from 'zod'
import { emailKeyOf } from '../domain/email-address.ts'
import { emptyMetadata } from '../domain/user-metadata.ts'
import { nameOfAddress } from '../domain/user-name.ts'
import { readForeignHash } from '../hashing/formats/foreign.ts'
import type { StoredHash } from '../hashing/formats/index.ts'
import type { NewImportedUser } from '../usecases/import-users.ts'
import { email, flag, metadata, name } from './schemas.ts'

export interface ImportLine {
  /** From 1. */
  readonly line: number
  readonly user: NewImportedUser
  readonly hash: StoredHash | undefined
}

export interface ImportLines {
  readonly lines: readonly ImportLine[]
  readonly errors: readonly FieldError[]
}

/** As many as fit into a body, and into a statement that others hardly notice. */
const mostUsers = 500

const hash = z.string().transform((text, context) => {
  const refuse = (code: string, message: string) => {
    context.addIssue({ code: 'custom', message, params: { code } })
    return z.NEVER
  }
  const read = readForeignHash(text)
  if (read === undefined) return refuse('hash_unknown', 'is not a hash that can be verified here')
  if (!read.isAffordable) return refuse('hash_too_costly', 'takes too long, or too much memory, to verify')
  return read
})

const schema = z.strictObject({
  email,
  name: name.optional(),
  metadata: metadata.default(emptyMetadata),
  email_verified: flag.default(false),
  disabled: flag.default(false),
  created_at: z.iso.datetime({ offset: true }).optional(),
  password_hash: hash.optional(),
})

const batch = z.strictObject({ users: z.array(z.unknown()).max(mostUsers) })

const toLine = (line: number, input: unknown): ImportLine => {
  const user = validate(schema, input)
  return {
    line,
    hash: user.password_hash,
    user: {
      email: user.email,
      emailKey: emailKeyOf(user.email),
      name: user.name ?? nameOfAddress(user.email),
      metadata: user.metadata,
      isEmailVerified: user.email_verified,
      isDisabled: user.disabled,
      createdAt: user.created_at === undefined ? undefined : new Date(user.created_at),
      passwordHash: user.password_hash?.text,
    },
  }
}

const errorsOf = (line: number, error: unknown): readonly FieldError[] => {
  if (!(error instanceof Problem) || error.status !== 400) throw error
  const { errors = [{ field: '', message: error.detail, code: error.code.toLowerCase() }] } = error
  return errors.map(each => ({ ...each, line }))
}

/** The two of an address would be one account, and nobody could say whose. */
const repeated = (lines: readonly ImportLine[]): FieldError[] => {
  const seen = new Set<string>()
  return lines.flatMap(({ line, user }) => {
    if (!seen.has(user.emailKey)) {
      seen.add(user.emailKey)
      return []
    }
    return [{ line, field: 'email', message: 'stands in an earlier line already', code: 'email_repeated' }]
  })
}

type Input = readonly [line: number, read: () => unknown]

const inputsOf = async (req: Request): Promise<readonly Input[]> => {
  if (hasMediaType(req, 'application/json')) {
    const { users } = validate(batch, parseStrictJson(await readBody(req)))
    return users.map((user, index) => [index + 1, () => user])
  }
  if (!hasMediaType(req, 'application/x-ndjson') && !hasMediaType(req, 'application/jsonl'))
    throw unsupportedMediaType('The body must be JSON lines (application/x-ndjson) or application/json', {
      Accept: 'application/x-ndjson, application/json',
    })
  const texts = (await readBody(req)).toString('latin1').split('\n')
  const inputs = texts.flatMap((text, index): Input[] =>
    text.trim() === '' ? [] : [[index + 1, () => parseStrictJson(Buffer.from(text, 'latin1'))]],
  )
  validate(batch, { users: inputs })
  return inputs
}

/** @throws Problem 400, 413 or 415 where there are no lines to look at */
export const readImportLines = async (req: Request): Promise<ImportLines> => {
  const lines: ImportLine[] = []
  const errors: FieldError[] = []
  for (const [line, read] of await inputsOf(req)) {
    try {
      lines.push(toLine(line, read()))
    } catch (error) {
      errors.push(...errorsOf(line, error))
    }
  }
  return { lines, errors: [...errors, ...repeated(lines)].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) }
}
