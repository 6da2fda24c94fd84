// What the install and the code generation depend on: manifests and the lockfile, protos and database schemas.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'

const folders = parent =>
  existsSync(parent)
    ? readdirSync(parent, { withFileTypes: true })
        .filter(entry => entry.isDirectory())
        .map(entry => join(parent, entry.name))
    : []

const filesBelow = parent =>
  existsSync(parent)
    ? readdirSync(parent, { withFileTypes: true }).flatMap(entry =>
        entry.isDirectory() ? filesBelow(join(parent, entry.name)) : [join(parent, entry.name)],
      )
    : []

const packages = () =>
  ['packages', 'services', 'examples']
    .flatMap(group => folders(join(root, group)))
    .filter(folder => existsSync(join(folder, 'package.json')))

/** Files that decide what is installed. */
export const installInputs = () => [
  ...['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.nvmrc'].map(name => join(root, name)),
  ...packages().map(folder => join(folder, 'package.json')),
]

/** Files that decide what is generated; the lockfile stands for the generators' versions. */
export const generateInputs = () => [
  join(root, 'pnpm-lock.yaml'),
  ...packages().map(folder => join(folder, 'package.json')),
  ...filesBelow(join(root, 'protos')),
  ...packages()
    .flatMap(folder => [join(folder, 'prisma/schema.prisma'), join(folder, 'prisma.config.ts')])
    .filter(existsSync),
]

/** Where the packages that generate code put it. */
export const generatedFolders = () =>
  packages()
    .filter(
      folder => 'generate' in (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).scripts ?? {}),
    )
    .map(folder => join(folder, 'src/generated'))
