import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createLogFiles, createTurnLines, readableLine } from './index.ts'
import { parseLine } from './json-line.ts'

const at = new Date('2026-11-22T10:11:12.345Z')

describe('log lines', () => {
  it('keeps a JSON line as it is', () => {
    const line = {
      timestamp: at.toISOString(),
      level: 'WARN',
      message: 'slow',
      service: 'token',
      duration_ms: 12,
    }
    expect(parseLine('token', JSON.stringify(line), new Date(0))).toEqual(line)
  })

  it('wraps the text of a store, so that every line of a file is an object', () => {
    expect(parseLine('postgres', 'FATAL:  role missing', at)).toEqual({
      timestamp: at.toISOString(),
      level: 'ERROR',
      message: 'FATAL:  role missing',
      service: 'postgres',
    })
    expect(parseLine('token', '{"half":', at).message).toBe('{"half":')
    expect(parseLine('token', 'token: these settings need attention', at).level).toBe('ERROR')
  })

  it('reads well in a terminal: time, level, process, message, members, error', () => {
    const line = parseLine('token', '', at)
    expect(
      readableLine(
        'token',
        {
          ...line,
          message: 'refused',
          status: 401,
          trace_id: 'x',
          error: { type: 'Problem', message: 'no' },
        },
        false,
      ),
    ).toBe('10:11:12 INFO  token               refused status=401 Problem: no')
  })
})

describe('log files', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-logs-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('appends over restarts and keeps at most one older file', () => {
    for (const round of ['a', 'b', 'c']) {
      const files = createLogFiles(folder, 4)
      files.write('token', `${round}1`)
      files.write('token', `${round}2`)
      files.close()
    }
    expect(readdirSync(folder).sort()).toEqual(['token.log', 'token.log.1'])
    expect(readFileSync(join(folder, 'token.log'), 'utf8')).toBe('c1\nc2\n')
  })
})

describe('lines of one turn', () => {
  it("are written together, each name's in the order in which they came, and before a close", async () => {
    const written: string[][] = []
    const lines = createTurnLines((name, text) => void written.push([name, text]))
    lines.add('token', 'one')
    lines.add('session', 'two')
    lines.add('token', 'three')
    expect(written).toEqual([])
    await new Promise(resolve => setImmediate(resolve))
    expect(written).toEqual([
      ['token', 'one\nthree'],
      ['session', 'two'],
    ])
    lines.add('token', 'four')
    lines.flush()
    await new Promise(resolve => setImmediate(resolve))
    expect(written.slice(2)).toEqual([['token', 'four']])
  })
})
