/** What `npm start` prints once everything is up: where things are, who may sign in, and one command to try. */
import type { Stack } from './stack/index.ts'

/** Registers a user with a new address and signs in; can be pasted again and again. */
const tryItCommand = (gateway: string): string => {
  const post = (path: string, body: string): string =>
    `curl -sS -H 'Content-Type: application/json' -d "${body.replaceAll('"', '\\"')}" ${gateway}${path}`
  const credentials = '"email":"$E","password":"Correct.Horse.7"'
  return [
    `E="me$(date +%s)$$@example.com"`,
    `${post('/auth/register', `{${credentials},"name":"Me"}`)}`,
    'echo',
    `${post('/auth/login', `{${credentials}}`)}`,
  ].join(' && ')
}

/** `latchkey` finds a suite in another data folder by the variable that put it there, and would else manage another one. */
const adminCommand = (dataDir: string | undefined): string =>
  `${dataDir ? `LATCHKEY_DATA_DIR='${dataDir.replaceAll("'", `'\\''`)}' ` : ''}./latchkey admin status`

interface Started {
  readonly startedInMs: number
  /** LATCHKEY_DATA_DIR, where given. */
  readonly dataDir: string | undefined
}

export const banner = (
  { info, stores }: Pick<Stack, 'info' | 'stores'>,
  { startedInMs, dataDir }: Started,
): string => {
  const { gateway, issuer, mailbox, metrics, demo } = info()
  const rows: [string, string][] = [
    ['Gateway', gateway],
    ['Sign in', `${gateway}/login`],
    ['Mailbox', mailbox],
    ['Metadata', `${issuer}/.well-known/openid-configuration`],
    ['Key set', `${issuer}/.well-known/jwks.json`],
    ['Metrics', metrics],
    ['Health', `${gateway}/auth/health`],
    ['Docs', 'README.md and docs/ in this folder'],
    ['Demo user', `${demo.user.email}  ${demo.user.password}`],
    ['Demo provider', `${demo.provider.issuer}, at the button of the sign-in page`],
    ['Demo client', `${demo.client_id}  ${demo.client_secret}`],
    ['Admin', adminCommand(dataDir)],
    ...stores.map((store): [string, string] => ['Store', store]),
  ]
  return [
    '',
    `Latchkey is up (${(startedInMs / 1_000).toFixed(1)} s). Ctrl-C stops everything.`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(13)} ${value}`),
    '',
    'Register a new user and sign in:',
    '',
    `  ${tryItCommand(gateway)}`,
    '',
  ].join('\n')
}
