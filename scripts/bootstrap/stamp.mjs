// Remembers which inputs a step last succeeded with, as one digest in one file.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { root } from './paths.mjs'

/** One digest over the names and contents of files, the same on every machine. */
export const fingerprint = files => {
  const hash = createHash('sha256')
  for (const file of [...files].sort())
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  return hash.digest('hex')
}

/** Whether the step that owns the stamp last succeeded with just these inputs. */
export const isStamped = (file, digest) => {
  try {
    return readFileSync(file, 'utf8') === digest
  } catch {
    return false
  }
}

/** Records a success; written last, so that an interrupted step runs again. */
export const stamp = (file, digest) => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, digest)
}
