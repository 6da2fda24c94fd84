/**
 * JSON that every parser reads alike (I-JSON, RFC 7493). JSON.parse alone takes the last of two members of one
 * name, so that a check before it and a use after it could see different values; it turns huge numbers into
 * others; and it passes on names that reach into prototypes and text that no database stores.
 */
import { malformedJson } from '../problem/index.ts'

const depthLimit = 16
const forbiddenNames = new Set(['__proto__', 'constructor', 'prototype'])

/** Parses the bytes of one JSON object. @throws Problem 400 that says what is wrong. */
export const parseStrictJson = (bytes: Uint8Array): Record<string, unknown> => {
  const text = decode(bytes)
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformedJson('The body must be a JSON object')
  }
  inspect(text)
  return value as Record<string, unknown>
}

const decode = (bytes: Uint8Array): string => {
  try {
    // A byte order mark stays in the text, where the parser refuses it. @see RFC 8259 §8.1
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw malformedJson('The body is not valid UTF-8')
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message quotes the body, which may hold a password.
    throw malformedJson(text.trim() === '' ? 'The body is empty' : undefined)
  }
}

// Text that has parsed is a sequence of these and of white space; a string before a colon is a member's name.
const token = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]|-?\d[\d.eE+-]*/g

/** Walks the tokens of valid JSON text, with the names seen so far in each open object. */
const inspect = (text: string): void => {
  const open: Set<string>[] = []
  for (const [lexeme, colon] of text.matchAll(token)) {
    const first = lexeme[0]
    if (first === '{' || first === '[') {
      if (open.push(new Set()) > depthLimit) {
        throw malformedJson(`The body is nested deeper than ${depthLimit} levels`)
      }
    } else if (first === '}' || first === ']') {
      open.pop()
    } else if (first === '"') {
      const content: string = JSON.parse(colon === undefined ? lexeme : lexeme.slice(0, -colon.length))
      refuseText(content)
      if (colon !== undefined) refuseName(content, open.at(-1) ?? new Set())
    } else {
      refuseNumber(lexeme)
    }
  }
}

const refuseName = (name: string, seen: Set<string>): void => {
  if (forbiddenNames.has(name)) throw malformedJson(`A member must not be named ${name}`)
  if (seen.has(name)) throw malformedJson('Two members of one object have the same name')
  seen.add(name)
}

const refuseText = (content: string): void => {
  if (content.includes('\0')) throw malformedJson('Text must not hold the NUL character')
  if (!content.isWellFormed()) throw malformedJson('Text must not hold half a surrogate pair')
}

const refuseNumber = (literal: string): void => {
  const value = Number(literal)
  const exact = Number.isFinite(value) && (!/^-?\d+$/.test(literal) || Number.isSafeInteger(value))
  if (!exact) throw malformedJson('A number is too large to be kept exactly')
}
