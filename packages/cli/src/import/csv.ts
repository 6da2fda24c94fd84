/** CSV with a header that names the members; `metadata` is JSON. @see RFC 4180 */
import { CommandFailed } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { type ImportEntry, userOf } from './entry.ts'

interface Row {
  readonly line: number
  readonly cells: readonly string[]
}

const parseRows = (text: string): readonly Row[] => {
  const rows: Row[] = []
  let [cells, cell, quoted, line, startedAt]: [string[], string, boolean, number, number] = [
    [],
    '',
    false,
    1,
    1,
  ]
  const endRow = () => {
    cells.push(cell)
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: startedAt, cells })
    cells = []
    cell = ''
    startedAt = line
  }
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '\n') line += 1
    if (quoted && character === '"' && text[at + 1] === '"') {
      cell += '"'
      at += 1
    } else if (character === '"') quoted = !quoted
    else if (quoted) cell += character
    else if (character === ',') {
      cells.push(cell)
      cell = ''
    } else if (character === '\n') endRow()
    else if (character !== '\r') cell += character
  }
  endRow()
  return rows
}

const flags: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  1: true,
  0: false,
  yes: true,
  no: false,
}

const read: Readonly<Record<string, (cell: string) => unknown>> = {
  email: cell => cell,
  name: cell => cell,
  // Another word than these stays text, which the import refuses with its line.
  email_verified: cell => flags[cell.toLowerCase()] ?? cell,
  disabled: cell => flags[cell.toLowerCase()] ?? cell,
  created_at: cell => cell,
  password_hash: cell => cell,
  metadata: cell => {
    try {
      return JSON.parse(cell)
    } catch {
      return cell
    }
  },
}

export const readCsv = (text: string): readonly ImportEntry[] => {
  const [head, ...rows] = parseRows(text.replace(/^\ufeff/, ''))
  const names = head?.cells.map(name => name.trim()) ?? []
  const unknown = names.filter(name => read[name] === undefined)
  if (unknown.length > 0 || !names.includes('email'))
    throw new CommandFailed(
      `the first line names the columns: ${Object.keys(read).join(', ')}; not ${unknown.join(', ')}`,
      exitCodes.failure,
    )
  return rows.map(({ line, cells }) => ({
    line,
    user: userOf(
      Object.fromEntries(
        names.map((name, index) => [
          name,
          cells[index] === '' ? undefined : read[name]?.(cells[index] ?? ''),
        ]),
      ),
    ),
  }))
}
