/** The tables that the command prints. */

/** A line that begins with these cells; one that is not known by heart is a pattern. */
export const aRow = (...cells: readonly (string | RegExp)[]): RegExp => {
  const patterns = cells.map(cell =>
    typeof cell === 'string' ? cell.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : cell.source,
  )
  return new RegExp(`^${patterns.join(' +')}(?= |$)`, 'm')
}
