/** `latchkey admin status`: whether the installation works, and whether we may manage it. */
import { z } from 'zod'
import { connectAdminApi, fetchHealth } from '../../admin/admin-api.ts'
import type { Command } from '../../command.ts'
import { exitCodes } from '../../exit-codes.ts'
import { members } from '../../table.ts'
import { noOperands } from './operands.ts'

const health = z.object({
  status: z.string(),
  version: z.string(),
  dependencies: z.record(z.string(), z.string()),
  still_works: z.array(z.string()).default([]),
})

export const statusCommand: Command = {
  name: 'admin status',
  operands: '',
  summary:
    'Tells how every part of the installation is, and as whom we are signed in; exit code 1 when unhealthy',
  options: {},
  help: [],
  run: async invocation => {
    noOperands(invocation)
    const { status, version, dependencies, still_works } = health.parse(await fetchHealth(invocation.env))
    const api = await connectAdminApi(invocation.env, 'admin:clients:read')
    const value = { status, version, url: api.url, signed_in_as: api.clientId, dependencies, still_works }
    const text = members([
      ['status', status],
      ['version', version],
      ['url', api.url],
      ['signed in as', api.clientId],
      ...Object.entries(dependencies),
      ...(still_works.length === 0 ? [] : [['still works', still_works] as const]),
    ])
    invocation.answer(value, text)
    return status === 'unhealthy' ? exitCodes.failure : exitCodes.ok
  },
}
