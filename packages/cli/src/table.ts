/** Rows for people: columns as wide as their longest cell, and everything printable. */
import { printable } from './printable.ts'

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const lines = [head, ...rows].map(row => row.map(printable))
  const widths = head.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)))
  return lines
    .map(line =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** One thing: a member a line; a list takes a line for each entry. */
export const members = (entries: readonly (readonly [name: string, value: unknown])[]): string => {
  const rows = entries.flatMap(([name, value]) => {
    const values = (Array.isArray(value) ? value : [value]).map(textOf)
    return values.length === 0 ? [[name, '-']] : values.map((each, index) => [index === 0 ? name : '', each])
  })
  const width = Math.max(...rows.map(([name = '']) => name.length))
  return rows
    .map(([name = '', value = '']) => `${name.padEnd(width)}  ${printable(value)}`.trimEnd())
    .join('\n')
}

/** A dash for what is not there, or has nothing in it. */
const textOf = (value: unknown): string => {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '')
  return text === '' || text === '{}' ? '-' : text
}
