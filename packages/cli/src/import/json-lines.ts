/** Files with one JSON object a line. What can't be read is an error of its line, not of the file. */
import { z } from 'zod'
import { CommandFailed } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { ImportEntry } from './entry.ts'

const object = z.record(z.string(), z.unknown())

export const readJsonLines = (text: string): readonly ImportEntry[] =>
  text.split('\n').flatMap((each, index): ImportEntry[] => {
    if (each.trim() === '') return []
    try {
      return [{ line: index + 1, user: object.parse(JSON.parse(each)) }]
    } catch {
      throw new CommandFailed(`line ${index + 1} is not a JSON object`, exitCodes.failure)
    }
  })

/** A file that is one JSON document. @throws CommandFailed that names what it should be */
export const readDocument = <Shape extends z.ZodType>(
  text: string,
  shape: Shape,
  what: string,
): z.output<Shape> => {
  try {
    return shape.parse(JSON.parse(text))
  } catch (cause) {
    throw new CommandFailed(`the file is not ${what}`, exitCodes.failure, { cause })
  }
}
