/** `latchkey admin status`: whether the installation works, and whether we may manage it. */
import { z } from 'zod'
import { connectAdminApi, fetchHealth } from '../../admin/admin-api.ts'
import { findConnection } from '../../admin/connection.ts'
import { type Command, CommandFailed, type Invocation } from '../../command.ts'
import { exitCodes } from '../../exit-codes.ts'
import { members } from '../../table.ts'
import { noOperands } from './operands.ts'

const health = z.object({
  status: z.string(),
  version: z.string(),
  dependencies: z.record(z.string(), z.string()),
  still_works: z.array(z.string()).default([]),
})

/** As whom; undefined where the part that would tell is away, which the rest of the status is about. */
const signIn = async ({ env }: Pick<Invocation, 'env'>): Promise<string | undefined> => {
  try {
    return (await connectAdminApi(env, 'admin:clients:read')).clientId
  } catch (error) {
    if (error instanceof CommandFailed && error.exitCode === exitCodes.failure) return undefined
    throw error
  }
}

export const statusCommand: Command = {
  name: 'admin status',
  operands: '',
  summary:
    'Tells how every part of the installation is, and as whom we are signed in; exit code 1 when unhealthy or not signed in',
  options: {},
  help: [],
  run: async invocation => {
    noOperands(invocation)
    const { status, version, dependencies, still_works } = health.parse(await fetchHealth(invocation.env))
    const { url } = await findConnection(invocation.env)
    const clientId = await signIn(invocation)
    const value = { status, version, url, signed_in_as: clientId ?? null, dependencies, still_works }
    const text = members([
      ['status', status],
      ['version', version],
      ['url', url],
      ['signed in as', clientId],
      ...Object.entries(dependencies),
      ...(still_works.length === 0 ? [] : [['still works', still_works] as const]),
    ])
    invocation.answer(value, text)
    return status === 'unhealthy' || clientId === undefined ? exitCodes.failure : exitCodes.ok
  },
}
