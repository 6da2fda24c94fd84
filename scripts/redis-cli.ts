/**
 * `npm run redis-cli -- GET failed_login:…`: redis-cli on the Redis of the suite that `npm start` runs: the program of
 * this machine, or the one that came unpacked with its server. The password goes by the environment, where no list of
 * processes shows it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { libraryPath } from '@latchkey/launcher/providers'
import { root } from '@latchkey/launcher/stack'

const stackFile = join(process.env.LATCHKEY_DATA_DIR ?? join(root, '.latchkey'), 'stack.json')
if (!existsSync(stackFile)) {
  process.stderr.write('Latchkey does not run here: `npm start` in another terminal.\n')
  process.exit(1)
}

const url = new URL(JSON.parse(readFileSync(stackFile, 'utf8')).redis_url)
const password = decodeURIComponent(url.password)
const user = decodeURIComponent(url.username) || 'default'
url.username = ''
url.password = ''
const credentials = password === '' ? {} : { REDISCLI_AUTH: password }
const args = [...(password === '' ? [] : ['--user', user]), '-u', url.href, ...process.argv.slice(2)]

const unpacked = join(root, '.toolchain/redis')
const candidates = [
  { program: 'redis-cli', env: {} },
  { program: 'valkey-cli', env: {} },
  { program: join(unpacked, 'usr/bin/redis-cli'), env: { LD_LIBRARY_PATH: await libraryPath(unpacked) } },
]
for (const { program, env } of candidates) {
  const { status, error } = spawnSync(program, args, {
    stdio: 'inherit',
    env: { ...process.env, ...credentials, ...env },
  })
  if (error === undefined) process.exit(status ?? 1)
}
process.stderr.write('No redis-cli here: install redis-tools or valkey.\n')
process.exit(1)
