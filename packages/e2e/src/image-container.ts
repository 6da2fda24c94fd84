/** Processes of the image, run by buildah in the working container that deploy/docker/verify.sh made. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createProcess, type SupervisedProcess } from '@latchkey/launcher/processes'
import { root } from './compose-file.ts'

export interface ImageRun {
  readonly command: readonly string[]
  readonly workingDir?: string | undefined
  readonly env?: Readonly<Record<string, string>>
  /** Folders of this machine, by where the container finds them. */
  readonly mounts: Readonly<Record<string, string>>
}

/** @param buildah `buildah --root … <container>` cut at the spaces, the container last */
export const createImageContainer = (buildah: readonly string[]) => {
  const [program = 'buildah', ...words] = buildah
  const globalOptions = words.slice(0, -1)
  const container = words.at(-1) ?? ''

  const argumentsOf = ({ command, workingDir = '/app', env = {}, mounts }: ImageRun): string[] => [
    ...globalOptions,
    'run',
    '--isolation=chroot',
    '--user=node',
    `--workingdir=${workingDir}`,
    ...Object.entries(mounts).map(([inside, folder]) => `--volume=${folder}:${inside}`),
    ...Object.entries(env).map(([name, value]) => `--env=${name}=${value}`),
    container,
    '--',
    ...command,
  ]

  return {
    /** Runs a command to its end and gives what it printed. @throws where it ends with another code than 0 */
    run: async (run: ImageRun): Promise<string> =>
      (await promisify(execFile)(program, argumentsOf(run))).stdout,

    /** A process that is ready when its management port says so; its lines go to `lines`. */
    process: (name: string, run: ImageRun, managementPort: number, lines: string[]): SupervisedProcess =>
      createProcess(
        {
          name,
          command: program,
          args: argumentsOf(run),
          cwd: root,
          env: { PATH: process.env.PATH },
          noticesOurEnd: false,
          isReady: () => isOk(`http://127.0.0.1:${managementPort}/readyz`),
          stopSignal: 'SIGTERM',
          stopTimeoutMs: 10_000,
        },
        {
          onLine: (_, line) => void lines.push(line),
          onPid: () => undefined,
          onDeath: (_, how) => void lines.push(`${name} died: ${how}`),
        },
      ),
  }
}

const isOk = async (url: string): Promise<boolean> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined)
  return answer?.ok === true
}
