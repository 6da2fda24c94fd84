/** One batch after the other. A gateway that wants us to wait is waited for; a token is renewed before it ends. */
import type { Environment } from '@latchkey/runtime/settings'
import { z } from 'zod'
import { type AdminApi, connectAdminApi } from '../admin/admin-api.ts'
import { usersWrite } from '../admin/users.ts'
import { inBatches } from './batches.ts'
import type { ImportEntry } from './entry.ts'

const answer = z.object({
  imported: z.number(),
  existing: z.array(z.number()),
  hashes: z.record(z.string(), z.number()),
  errors: z.array(z.object({ line: z.number(), field: z.string(), code: z.string(), message: z.string() })),
})

export type LineError = z.output<typeof answer>['errors'][number]

export interface Sent {
  readonly imported: number
  readonly existing: number
  readonly hashes: Readonly<Record<string, number>>
  readonly errors: readonly LineError[]
}

const tokenMs = 600_000

export const createSend = (env: Environment) => {
  let connected: { readonly api: AdminApi; readonly atMs: number } | undefined
  const connect = async (): Promise<AdminApi> => {
    if (connected === undefined || performance.now() - connected.atMs > tokenMs)
      connected = { api: await connectAdminApi(env, usersWrite, { patient: true }), atMs: performance.now() }
    return connected.api
  }

  /** @throws CommandFailed: what was sent before stays, and is left alone by a second run */
  return async (entries: readonly ImportEntry[], { dryRun }: { dryRun: boolean }): Promise<Sent> => {
    const hashes: Record<string, number> = {}
    const errors: LineError[] = []
    let [imported, existing] = [0, 0]
    for (const batch of inBatches(entries)) {
      const api = await connect()
      const body = { users: batch.map(({ user }) => user) }
      const told = answer.parse(await api.call('POST', `/users/import?dry_run=${dryRun}`, body))
      imported += told.imported
      existing += told.existing.length
      for (const [format, count] of Object.entries(told.hashes))
        hashes[format] = (hashes[format] ?? 0) + count
      errors.push(...told.errors.map(each => ({ ...each, line: batch[each.line - 1]?.line ?? each.line })))
    }
    return { imported, existing, hashes, errors }
  }
}
