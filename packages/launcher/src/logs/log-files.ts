/** `logs/<name>.log`: one JSON object a line, kept over restarts, at most two files of 20 MB for each process. */
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const maxBytes = 20 * 1024 * 1024

interface LogFile {
  descriptor: number
  bytes: number
}

const open = (path: string): LogFile => {
  const descriptor = openSync(path, 'a', 0o600)
  return { descriptor, bytes: fstatSync(descriptor).size }
}

export const createLogFiles = (folder: string, limitBytes = maxBytes) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const files = new Map<string, LogFile>()

  const fileOf = (name: string): LogFile => {
    const path = join(folder, `${name}.log`)
    let file = files.get(name) ?? open(path)
    if (file.bytes >= limitBytes) {
      closeSync(file.descriptor)
      renameSync(path, `${path}.1`)
      file = open(path)
    }
    files.set(name, file)
    return file
  }

  return {
    /** One line or several; on the disk when it returns. */
    write: (name: string, lines: string): void => {
      const file = fileOf(name)
      file.bytes += writeSync(file.descriptor, `${lines}\n`)
    },
    close: (): void => {
      for (const { descriptor } of files.values()) closeSync(descriptor)
      files.clear()
    },
  }
}
