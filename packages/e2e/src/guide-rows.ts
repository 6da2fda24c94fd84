/** The rows of docs/coming-from.md, which are the list of what the tests of the two guides try. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '@latchkey/launcher/stack'

const guide = readFileSync(join(root, 'docs/coming-from.md'), 'utf8')

/** The first cells of the table below a heading. */
export const guideRows = (heading: string): string[] => {
  const [, section = ''] = guide.split(`### ${heading}\n`)
  const [table = ''] = section.split('\n## ').flatMap(text => text.split('\n### '))
  return table
    .split('\n')
    .filter(line => line.startsWith('| '))
    .slice(1)
    .map(line => /^\| (.*?) (?<!\\)\| /.exec(line)?.[1] ?? line)
}
