/** A user of a file, in the words of `POST /admin/api/users/import`. */
export interface ImportEntry {
  /** Of the file, from 1; in files that are one JSON document, which user it is. */
  readonly line: number
  readonly user: Readonly<Record<string, unknown>>
}

/** Members that are not there are left out: null is no value of theirs. */
export const userOf = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null))

/** ISO 8601 of what exports write: that, or milliseconds, in text too. */
export const instantOf = (value: string | number | undefined): string | undefined => {
  if (value === undefined) return undefined
  const at = new Date(/^\d+$/.test(String(value)) ? Number(value) : value)
  return Number.isNaN(at.getTime()) ? String(value) : at.toISOString()
}
