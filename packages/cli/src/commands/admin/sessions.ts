/** `latchkey admin session …`: where users are signed in, the end of one, and why sessions ended. */
import { z } from 'zod'
import { connectAdminApi } from '../../admin/admin-api.ts'
import { limitOf, listAll } from '../../admin/pages.ts'
import { type Command, UsageError } from '../../command.ts'
import { exitCodes } from '../../exit-codes.ts'
import { table } from '../../table.ts'
import { wouldText } from './changes.ts'
import { noOperands, onlyOperand, requireYes } from './operands.ts'

const session = z.looseObject({
  id: z.string(),
  created_at: z.string(),
  last_accessed: z.string(),
  ip_address: z.string().nullable(),
  device: z.string(),
  active: z.boolean(),
  review_until: z.string().nullable(),
})

const termination = z.looseObject({
  session_id: z.string(),
  user_id: z.string(),
  reason: z.string(),
  original_ip: z.string().nullable(),
  new_ip: z.string().nullable(),
  at: z.string(),
})

const sessionsRead = 'admin:sessions:read'
const sessionsWrite = 'admin:sessions:write'

const pathOf = (id: string): string => `/sessions/${encodeURIComponent(id)}`

const stateOf = ({ active, review_until }: z.output<typeof session>): string => {
  if (review_until !== null) return `review until ${review_until}`
  return active ? 'active' : 'expired'
}

const list: Command = {
  name: 'admin session list',
  operands: '<user>',
  summary: 'Lists where a user is signed in, named by id or address, the latest use first',
  options: {},
  help: [],
  run: async invocation => {
    const query = new URLSearchParams({ user: onlyOperand(invocation, 'user') })
    const api = await connectAdminApi(invocation.env, sessionsRead)
    const { sessions } = z
      .object({ sessions: z.array(session) })
      .parse(await api.call('GET', `/sessions?${query}`))
    const rows = sessions.map(each => [
      each.id,
      each.device,
      each.ip_address ?? '-',
      each.last_accessed,
      stateOf(each),
    ])
    invocation.answer({ sessions }, table(['SESSION ID', 'DEVICE', 'ADDRESS', 'LAST USED', 'STATE'], rows))
    return exitCodes.ok
  },
}

const end: Command = {
  name: 'admin session end',
  operands: '<session>',
  summary: 'Ends a session, with its refresh tokens; its device has to sign in again',
  options: { 'dry-run': { type: 'boolean' }, yes: { type: 'boolean' } },
  help: ['--dry-run   shows what would be ended', '--yes       it can’t be undone'],
  run: async invocation => {
    const id = onlyOperand(invocation, 'session')
    if (invocation.options['dry-run'] === true) {
      const api = await connectAdminApi(invocation.env, sessionsRead)
      const found = session.parse(await api.call('GET', pathOf(id)))
      const text = wouldText(`would end the session ${id}`, found)
      invocation.answer({ would_end: found }, text)
      return exitCodes.ok
    }
    requireYes(invocation, 'the end of a session')
    const api = await connectAdminApi(invocation.env, sessionsWrite)
    await api.call('DELETE', pathOf(id))
    invocation.answer({ id, ended: true }, `the session ${id} has ended`)
    return exitCodes.ok
  },
}

const terminations: Command = {
  name: 'admin session terminations',
  operands: '',
  summary: 'Lists why sessions ended, the latest first; ends by mere time are left out',
  options: { user: { type: 'string' }, limit: { type: 'string' } },
  help: [
    '--user <user>   of one user, named by id or address',
    '--limit <n>     at most so many; 1000 by default',
  ],
  run: async invocation => {
    noOperands(invocation)
    const { user } = invocation.options
    if (user !== undefined && typeof user !== 'string') throw new UsageError('--user is an id or an address')
    const limit = limitOf(invocation)
    const api = await connectAdminApi(invocation.env, sessionsRead)
    const found = await listAll(api, {
      path: '/sessions/terminations',
      member: 'terminations',
      item: termination,
      filters: { user },
      limit,
    })
    const rows = found.map(each => [
      each.at,
      each.reason,
      each.session_id,
      each.user_id,
      each.original_ip ?? '-',
      each.new_ip ?? '-',
    ])
    const head = ['AT', 'REASON', 'SESSION ID', 'USER ID', 'ORIGINAL IP', 'NEW IP']
    invocation.answer({ terminations: found }, table(head, rows))
    return exitCodes.ok
  },
}

export const sessionCommands: readonly Command[] = [list, end, terminations]
