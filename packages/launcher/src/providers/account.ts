/**
 * Postgres refuses to run as root, so root lends it another account: one that exists, never one made for it.
 */
import { readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { ProviderUnavailable } from './provider-unavailable.ts'
import { succeeds } from './run-command.ts'

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * The account to run Postgres as; undefined when we are an ordinary user and it can be us.
 * @throws ProviderUnavailable where it can be nobody
 */
export const unprivilegedAccount = async (
  uid = process.getuid?.(),
  isKnown = isKnownToTheSystem,
): Promise<Account | undefined> => {
  if (uid !== 0) {
    if (isKnown()) return undefined
    throw new ProviderUnavailable(
      `Postgres runs only as a user whom the system knows, and it knows none of the id ${uid}. Run npm start as another user, or set DATABASE_URL.`,
    )
  }
  const accounts = parseAccounts(await readFile('/etc/passwd', 'utf8'))
  for (const name of ['postgres', 'nobody']) {
    const account = accounts.find(each => each.name === name)
    if (account !== undefined && account.uid !== 0) return account
  }
  throw new ProviderUnavailable(
    'Postgres does not run as root, and this machine has neither a postgres nor a nobody account. Run npm start as an ordinary user, or set DATABASE_URL.',
  )
}

/** Who is given any id, as containers may be, has no name. */
const isKnownToTheSystem = (): boolean => {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

const parseAccounts = (passwd: string): Account[] =>
  passwd.split('\n').flatMap(line => {
    const [name, , uid, gid] = line.split(':')
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : []
  })

/** Whether the account may enter a folder, or run a file; asked of the system, which knows every rule. */
export const canReach = ({ uid, gid }: Account, path: string): Promise<boolean> =>
  succeeds('/bin/sh', ['-c', 'test -x "$0"', path], { uid, gid, cwd: '/' })
