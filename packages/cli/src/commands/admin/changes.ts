/** What `--dry-run` shows: what would come of it, and about what; of an update, each member before and after. */
import type { Invocation } from '../../command.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { members, table } from '../../table.ts'

export const wouldText = (would: string, about: object): string =>
  `${would}\n\n${members(Object.entries(about))}`

/** @param about what names the thing in `--output json`: `{ client_id: 'a' }` */
export const answerChanges = (
  { answer }: Pick<Invocation, 'answer'>,
  about: object,
  before: Readonly<Record<string, unknown>>,
  change: Readonly<Record<string, unknown>>,
): ExitCode => {
  const changes = Object.entries(change).map(([member, after]) => ({ member, before: before[member], after }))
  const rows = changes.map(each => [
    each.member,
    JSON.stringify(each.before) ?? '-',
    JSON.stringify(each.after),
  ])
  answer({ ...about, changes }, table(['MEMBER', 'BEFORE', 'AFTER'], rows))
  return exitCodes.ok
}
