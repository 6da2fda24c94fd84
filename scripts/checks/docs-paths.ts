/** Every file that the RFC map and the relative links of the documentation name is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from '@latchkey/launcher/stack'
import { CheckFailed } from './run-steps.ts'

const map = 'docs/rfc-map.md'

export const docsPaths = async (): Promise<undefined> => {
  const missing = [...missingFromMap(), ...documents().flatMap(brokenLinks)]
  if (missing.length > 0) throw new CheckFailed(missing.join('\n'))
}

/** In the map, a path is a word in backticks with a folder and an extension. */
const missingFromMap = (): string[] => {
  if (!existsSync(join(root, map))) return [`${map} is missing`]
  const named = [...readFileSync(join(root, map), 'utf8').matchAll(/`([\w@./-]+\/[\w.-]+\.\w+)(?::\d+)?`/g)]
  return named.flatMap(([, path = '']) =>
    existsSync(join(root, path)) ? [] : [`${map} names ${path}, which does not exist`],
  )
}

const documents = (): string[] =>
  [
    '.',
    'docs',
    'docs/adr',
    'protos',
    'examples',
    ...['packages', 'services', 'examples'].flatMap(foldersOf),
  ].flatMap(folder =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder))
          .filter(name => name.endsWith('.md'))
          .map(name => join(root, folder, name))
      : [],
  )

const foldersOf = (group: string): string[] =>
  readdirSync(join(root, group), { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? [`${group}/${entry.name}`] : [],
  )

const brokenLinks = (document: string): string[] =>
  [...readFileSync(document, 'utf8').matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].flatMap(([, target = '']) =>
    /^[a-z]+:/i.test(target) || existsSync(join(dirname(document), target))
      ? []
      : [`${relative(root, document)} links to ${target}, which does not exist`],
  )
