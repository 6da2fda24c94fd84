/**
 * Postgres refuses to run as root, so root lends it another account: one that exists, never one made for it.
 */
import { readFile } from 'node:fs/promises'
import { ProviderUnavailable } from './provider-unavailable.ts'
import { succeeds } from './run-command.ts'

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** The account to run Postgres as; undefined when we are an ordinary user and it can be us. */
export const unprivilegedAccount = async (): Promise<Account | undefined> => {
  if (process.getuid?.() !== 0) return undefined
  const accounts = parseAccounts(await readFile('/etc/passwd', 'utf8'))
  for (const name of ['postgres', 'nobody']) {
    const account = accounts.find(each => each.name === name)
    if (account !== undefined && account.uid !== 0) return account
  }
  throw new ProviderUnavailable(
    'Postgres does not run as root, and this machine has neither a postgres nor a nobody account. Run npm start as an ordinary user, or set DATABASE_URL.',
  )
}

const parseAccounts = (passwd: string): Account[] =>
  passwd.split('\n').flatMap(line => {
    const [name, , uid, gid] = line.split(':')
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : []
  })

/** Whether the account may enter a folder, or run a file; asked of the system, which knows every rule. */
export const canReach = ({ uid, gid }: Account, path: string): Promise<boolean> =>
  succeeds('/bin/sh', ['-c', 'test -x "$0"', path], { uid, gid, cwd: '/' })
