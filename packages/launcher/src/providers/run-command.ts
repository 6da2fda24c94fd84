/** Runs a program to its end and gives what it wrote. */
import { execFile } from 'node:child_process'

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly uid?: number
  readonly gid?: number
}

/** @throws Error with the program's own words when it fails or does not exist */
export const runCommand = (
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(command, args, { ...options, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${command}: ${stderr.trim() || error.message}`, { cause: error }))
    })
  })

export const succeeds = async (
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<boolean> => {
  try {
    await runCommand(command, args, options)
    return true
  } catch {
    return false
  }
}
