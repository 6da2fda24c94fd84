/**
 * Run-time parameters travel with the connection itself, so that no query ever runs without them. `pg` lets the
 * URL override every other setting: the URL's own `options` are kept, ours come after them and win.
 */
import type pg from 'pg'

/** `postgres://…?options=-c geqo=off` with `search_path` → the URL without, and all options together. */
export const sessionOptions = (
  url: string,
  parameters: Readonly<Record<string, string>>,
): Pick<pg.PoolConfig, 'connectionString' | 'options'> => {
  const parsed = new URL(url)
  const given = parsed.searchParams.get('options')
  parsed.searchParams.delete('options')
  const ours = Object.entries(parameters).map(([name, value]) => `-c ${name}=${escapeWord(value)}`)
  return {
    connectionString: parsed.href,
    options: [...(given === null ? [] : [given]), ...ours].join(' '),
  }
}

/** Spaces and backslashes separate words in `options`. @see PostgreSQL libpq, "options" */
const escapeWord = (value: string): string => value.replaceAll(/[\\ ]/g, character => `\\${character}`)
