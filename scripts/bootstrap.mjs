// Makes a fresh checkout runnable on any Node >= 18 with npm: provides the pinned Node and pnpm in .toolchain/,
// installs the workspace and generates code, each only when its inputs changed. Plain JavaScript without dependencies,
// because nothing is installed yet. `npm start` and `npm test` run it first, then replace themselves with the pinned Node.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { installEnvironment } from './bootstrap/environment.mjs'
import { withLock } from './bootstrap/lock.mjs'
import { root, toolchain } from './bootstrap/paths.mjs'
import { fingerprint, isStamped, stamp } from './bootstrap/stamp.mjs'
import { runStep, StepFailed } from './bootstrap/step.mjs'
import { provideToolchain, toolchainInputs } from './bootstrap/toolchain.mjs'
import { generatedFolders, generateInputs, installInputs } from './bootstrap/workspace.mjs'

/** The steps in order. A step runs when its inputs changed since it last succeeded, or when its output is gone. */
const steps = () => [
  {
    title: 'providing the pinned Node and pnpm',
    stampFile: join(toolchain, 'toolchain.stamp'),
    inputs: toolchainInputs(),
    outputs: [join(toolchain, 'bin/node'), join(toolchain, 'bin/pnpm')],
    run: provideToolchain,
  },
  {
    title: 'installing the dependencies',
    stampFile: join(root, 'node_modules/.latchkey-install.stamp'),
    inputs: installInputs(),
    outputs: [],
    run: step => step.exec(join(toolchain, 'bin/pnpm'), ['install', '--frozen-lockfile'], { cwd: root }),
  },
  {
    title: 'generating database clients and gRPC types',
    stampFile: join(root, 'node_modules/.latchkey-generate.stamp'),
    inputs: generateInputs(),
    outputs: generatedFolders(),
    run: step =>
      step.exec(join(root, 'node_modules/.bin/turbo'), ['run', 'generate', '--output-logs=errors-only'], {
        cwd: root,
        // Generators keep notes of their own, which belong to the checkout and not to the home.
        env: {
          XDG_CONFIG_HOME: join(toolchain, 'home/.config'),
          XDG_CACHE_HOME: join(toolchain, 'home/.cache'),
        },
      }),
  },
]

const isDone = step => isStamped(step.stampFile, fingerprint(step.inputs)) && step.outputs.every(existsSync)

const bootstrap = async () => {
  if (steps().every(isDone)) return
  mkdirSync(toolchain, { recursive: true })
  await withLock(join(toolchain, 'bootstrap.lock'), async () => {
    const env = installEnvironment()
    for (const step of steps()) {
      if (isDone(step)) continue
      await runStep(step.title, env, step.run)
      stamp(step.stampFile, fingerprint(step.inputs))
    }
  })
}

try {
  await bootstrap()
} catch (error) {
  const known = error instanceof StepFailed || error.code === 'EACCES' || error.code === 'EROFS'
  process.stderr.write(`latchkey: ${known ? error.message : error.stack}\n`)
  process.exitCode = 1
}
