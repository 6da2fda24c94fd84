/** Options that are no plain words: JSON objects, and files with secrets that a process list would show. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { CommandFailed, UsageError } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'

type Option = string | boolean | (string | boolean)[] | undefined

/** `--metadata '{"plan": "pro"}'`. @throws UsageError */
export const jsonObjectOf = (name: string, value: Option): Record<string, unknown> | undefined => {
  if (value === undefined) return undefined
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(String(value)))
  } catch (cause) {
    throw new UsageError(`--${name} is a JSON object`, { cause })
  }
}

/** What a file holds, but for its last line break; `-` reads standard input. @throws CommandFailed */
export const secretFileOf = async (path: Option): Promise<string | undefined> => {
  if (typeof path !== 'string') return undefined
  try {
    return (await readFile(path === '-' ? '/dev/stdin' : path, 'utf8')).replace(/\r?\n$/, '')
  } catch (cause) {
    throw new CommandFailed(`${path} can not be read`, exitCodes.failure, { cause })
  }
}
