/** `POST /admin/api/users/import`: all users of a call or, where one of its lines is not good, none. */
import { readQuery } from '@latchkey/runtime/http'
import type { Logger } from '@latchkey/runtime/logger'
import { validationFailed } from '@latchkey/runtime/problem'
import { z } from 'zod'
import type { ImportUsers } from '../usecases/import-users.ts'
import type { AdminRoute } from './admin-access.ts'
import { type ImportLine, readImportLines } from './import-lines.ts'

export interface AdminImportsDeps {
  readonly importUsers: ImportUsers
  readonly logger: Pick<Logger, 'info'>
}

const query = z.object({
  dry_run: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('false')
    .transform(text => text === 'true'),
})

/** How many bring which kind of hash; `none` for who has to choose a password. */
const countHashes = (lines: readonly ImportLine[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { hash } of lines) {
    const format = hash?.format ?? 'none'
    counts[format] = (counts[format] ?? 0) + 1
  }
  return counts
}

export const createAdminImportRoutes = ({ importUsers, logger }: AdminImportsDeps): readonly AdminRoute[] => [
  {
    method: 'POST',
    path: '/admin/api/users/import',
    scope: 'admin:users:write',
    handler: async (req, res, admin) => {
      const { dry_run: isDryRun } = readQuery(req, query)
      const { lines, errors } = await readImportLines(req)
      if (errors.length > 0 && !isDryRun) throw validationFailed(errors, 'No user was imported')
      const { made } = await importUsers(
        lines.map(({ user }) => user),
        { isDryRun },
      )
      const existing = lines.filter(({ user }) => !made.has(user.emailKey)).map(({ line }) => line)
      const imported = lines.length - existing.length
      if (!isDryRun)
        logger.info({ by: admin.clientId, imported, existing: existing.length }, 'users imported')
      res.json({ dry_run: isDryRun, imported, existing, hashes: countHashes(lines), errors })
    },
  },
]
