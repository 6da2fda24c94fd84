/** `latchkey admin user unlock|disable|enable|verify|reset-mfa|reset-password`: one step about one account. */
import { type AdminApi, connectAdminApi } from '../../admin/admin-api.ts'
import { connectForChange, findUser, user, userIdOf, userPath, usersRead } from '../../admin/users.ts'
import type { Command } from '../../command.ts'
import { exitCodes } from '../../exit-codes.ts'
import { members } from '../../table.ts'
import { onlyOperand } from './operands.ts'

interface Action {
  readonly word: string
  readonly summary: string
  /** Goes on from the address: `has no lock any more`. */
  readonly done: string
  /** Goes on from the address: `would be unlocked`. */
  readonly would: string
  readonly act: (api: AdminApi, id: string) => Promise<unknown>
}

const patch =
  (change: object) =>
  (api: AdminApi, id: string): Promise<unknown> =>
    api.call('PATCH', userPath(id), change)

const actions: readonly Action[] = [
  {
    word: 'unlock',
    summary: 'Forgets the failed sign-ins that lock an address',
    done: 'unlocked',
    would: 'would be unlocked',
    act: (api, id) => api.call('POST', `${userPath(id)}/unlock`, {}),
  },
  {
    word: 'disable',
    summary: 'Lets a user in no more, and ends their sessions and all that they granted',
    done: 'disabled; every session and grant has ended',
    would: 'would be disabled',
    act: patch({ disabled: true }),
  },
  {
    word: 'enable',
    summary: 'Lets a disabled user in again',
    done: 'enabled',
    would: 'would be enabled',
    act: patch({ disabled: false }),
  },
  {
    word: 'verify',
    summary: 'Takes the address of a user as verified',
    done: 'the address is verified',
    would: 'the address would be verified',
    act: patch({ email_verified: true }),
  },
  {
    word: 'reset-mfa',
    summary:
      'Removes the apps, passkeys and recovery codes of a user who has lost them, and ends their sessions',
    done: 'has no second factor any more; every session has ended',
    would: 'would have no second factor any more',
    act: (api, id) => api.call('POST', `${userPath(id)}/reset-mfa`, {}),
  },
  {
    word: 'reset-password',
    summary: 'Sends the mail by which a user chooses a new password; the present one stays good until then',
    done: 'a reset mail is on its way',
    would: 'a reset mail would be sent',
    act: (api, id) => api.call('POST', `${userPath(id)}/reset-password`, {}),
  },
]

const toCommand = ({ word, summary, done, would, act }: Action): Command => ({
  name: `admin user ${word}`,
  operands: '<user>',
  summary,
  options: { 'dry-run': { type: 'boolean' } },
  help: ['--dry-run   shows whom it is about, and changes nothing'],
  run: async invocation => {
    const operand = onlyOperand(invocation, 'user')
    if (invocation.options['dry-run'] === true) {
      const found = await findUser(await connectAdminApi(invocation.env, usersRead), operand)
      const text = `${operand}: ${would}\n\n${members(Object.entries(found))}`
      invocation.answer({ would: word, user: found }, text)
      return exitCodes.ok
    }
    const api = await connectForChange(invocation.env, [operand])
    const id = await userIdOf(api, operand)
    const answered = user.safeParse(await act(api, id))
    invocation.answer(answered.success ? answered.data : { id, done: word }, `${operand}: ${done}`)
    return exitCodes.ok
  },
})

export const userActionCommands: readonly Command[] = actions.map(toCommand)
