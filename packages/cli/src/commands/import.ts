/** `latchkey import`: users of another system. Every line is looked at before the first account is made. */
import { readFile } from 'node:fs/promises'
import { type Command, CommandFailed, type Invocation, UsageError } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { ImportEntry } from '../import/entry.ts'
import { importFormats } from '../import/index.ts'
import { createSend, type LineError, type Sent } from '../import/send.ts'
import { members } from '../table.ts'

const read = async (path: string): Promise<string> => {
  try {
    return await readFile(path === '-' ? '/dev/stdin' : path, 'utf8')
  } catch (cause) {
    throw new CommandFailed(`${path} can not be read`, exitCodes.failure, { cause })
  }
}

const formatOf = ({ options }: Invocation, path: string): string => {
  const { format } = options
  if (typeof format === 'string') return format
  return path.endsWith('.csv') ? 'csv' : 'jsonl'
}

const entriesOf = async (invocation: Invocation): Promise<readonly ImportEntry[]> => {
  const [path, ...more] = invocation.operands
  if (path === undefined || more.length > 0) throw new UsageError('say one file')
  const readEntries = importFormats[formatOf(invocation, path)]
  if (readEntries === undefined)
    throw new UsageError(`--format is one of ${Object.keys(importFormats).join(', ')}`)
  const { 'firebase-config': config } = invocation.options
  return readEntries(await read(path), typeof config === 'string' ? await read(config) : undefined)
}

/** How many will sign in with the password that they have. */
const coverageOf = (hashes: Readonly<Record<string, number>>): Record<string, string | number> => {
  const { none = 0, ...formats } = hashes
  const withHash = Object.values(formats).reduce((sum, count) => sum + count, 0)
  const percent = withHash + none === 0 ? 0 : Math.floor((100 * withHash) / (withHash + none))
  const each = Object.entries(formats).map(([format, count]) => `${format} ${count}`)
  return {
    'with a hash': `${withHash} (${percent} %)${each.length === 0 ? '' : `: ${each.join(', ')}`}`,
    'without a password': none,
  }
}

const sentence = ({ line, field, message }: LineError): string => `line ${line}: ${field} ${message}`

const answerWith = (
  { answer }: Invocation,
  users: number,
  sent: Sent,
  { invalid, dryRun }: { invalid: readonly LineError[]; dryRun: boolean },
) => {
  const { imported, existing, hashes } = sent
  const rows = { users, [dryRun ? 'would import' : 'imported']: imported, 'there already': existing }
  const text = [members(Object.entries({ ...rows, ...coverageOf(hashes) })), ...invalid.map(sentence)]
  answer({ dry_run: dryRun, users, imported, existing, hashes, invalid }, text.join('\n'))
  return invalid.length === 0 ? exitCodes.ok : exitCodes.failure
}

export const importCommand: Command = {
  name: 'import',
  operands: '<file>',
  summary: 'Imports users with the hashes of their passwords; accounts that exist are left as they are',
  options: {
    format: { type: 'string' },
    'firebase-config': { type: 'string' },
    'skip-invalid': { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  help: [
    '--format <format>           jsonl, csv, auth0, firebase, cognito or keycloak; by default csv for *.csv, else jsonl',
    '--firebase-config <path>    the hash parameters of the Firebase project, as its console shows them',
    '--skip-invalid              imports the good lines; without it, one bad line keeps all of the file out',
    '--dry-run                   looks at every line and says what would be imported',
    '<file> is - for standard input. Broken off, the same command goes on where it was',
  ],
  run: async invocation => {
    const { options, env } = invocation
    const entries = await entriesOf(invocation)
    const send = createSend(env)
    const looked = await send(entries, { dryRun: true })
    const invalid = looked.errors
    const isDry = options['dry-run'] === true
    const refused = invalid.length > 0 && options['skip-invalid'] !== true
    if (isDry || refused)
      return answerWith(invocation, entries.length, refused ? { ...looked, imported: 0 } : looked, {
        invalid,
        dryRun: isDry,
      })
    const bad = new Set(invalid.map(({ line }) => line))
    const good = entries.filter(({ line }) => !bad.has(line))
    const sent = await send(good, { dryRun: false })
    return answerWith(invocation, entries.length, sent, { invalid, dryRun: false })
  },
}
