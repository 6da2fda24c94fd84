/** `latchkey token decode|verify`: what a token stands for, by the word of the server that issued it. */
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { connectAdminApi } from '../admin/admin-api.ts'
import { type Command, type Invocation, UsageError } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { members } from '../table.ts'

const answer = z.looseObject({
  kind: z.string(),
  state: z.string(),
  session: z.string().optional(),
  claims: z.record(z.string(), z.unknown()).optional(),
})

/** From standard input where none is named: a token on a command line is in the history of the shell. */
const readToken = async ({ operands }: Invocation): Promise<string> => {
  if (operands.length > 1) throw new UsageError('one token, or none to read it from standard input')
  const token = operands[0] ?? (await text(process.stdin)).trim()
  if (token === '') throw new UsageError('a token is missing')
  return token
}

const explain = async (invocation: Invocation) => {
  const token = await readToken(invocation)
  const api = await connectAdminApi(invocation.env, 'admin:sessions:read')
  return answer.parse(await api.call('POST', '/tokens/decode', { token }))
}

const timeClaims = ['exp', 'iat', 'nbf', 'auth_time']

/** Seconds that people can read beside the number that machines can. */
const readable = (name: string, value: unknown): unknown =>
  timeClaims.includes(name) && typeof value === 'number'
    ? `${value} (${new Date(value * 1_000).toISOString()})`
    : value

const show = (invocation: Invocation, explained: z.output<typeof answer>): void => {
  const { claims = {}, ...rest } = explained
  const lines = [...Object.entries(rest), ...Object.entries(claims)]
  invocation.answer(explained, members(lines.map(([name, value]) => [name, readable(name, value)])))
}

const help = ['Without TOKEN, it is read from standard input']

export const tokenCommands: readonly Command[] = [
  {
    name: 'token decode',
    operands: '[TOKEN]',
    summary: 'Tells what a token stands for: subject, session, family, expiry, and why it is good or not',
    options: {},
    help,
    run: async invocation => {
      show(invocation, await explain(invocation))
      return exitCodes.ok
    },
  },
  {
    name: 'token verify',
    operands: '[TOKEN]',
    summary: 'The same; exit code 1 where the token is not good at this moment',
    options: {},
    help,
    run: async invocation => {
      const explained = await explain(invocation)
      show(invocation, explained)
      const isGood = explained.state === 'live' && explained.session !== 'revoked'
      return isGood ? exitCodes.ok : exitCodes.failure
    },
  },
]
