// The environment of npm, pnpm and the generators: the provided tools first on PATH, no telemetry, and a home they
// may write to, because caches go there and a service account often has none.
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { toolchain } from './paths.mjs'

const isWritable = directory => {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Settings that move every cache into the checkout; the user's own npm configuration stays in force. */
const homeInsideCheckout = () => {
  const home = join(toolchain, 'home')
  mkdirSync(home, { recursive: true })
  const userConfig = join(homedir(), '.npmrc')
  return {
    HOME: home,
    npm_config_cache: join(home, '.npm'),
    ...(existsSync(userConfig) ? { npm_config_userconfig: userConfig } : {}),
  }
}

/** @returns {NodeJS.ProcessEnv} */
export const installEnvironment = () => ({
  ...process.env,
  ...(isWritable(homedir()) ? {} : homeInsideCheckout()),
  PATH: [join(toolchain, 'bin'), process.env.PATH ?? ''].join(delimiter),
  // pnpm asks before it replaces a node_modules folder, unless told that nobody is there to answer.
  CI: 'true',
  CHECKPOINT_DISABLE: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  // prisma generate works without the engine binary that its command line would download.
  PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
})
