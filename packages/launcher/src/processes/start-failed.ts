/** A process that can't be brought up, with the last lines that it wrote: what the person in front needs. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed'
  readonly process: string
  /** Undefined where it did not end by itself. */
  readonly exitCode: number | undefined

  constructor(process: string, reason: string, lastLines: readonly string[], exitCode?: number) {
    super([`${process} ${reason}`, ...lastLines.map(line => `  ${line}`)].join('\n'))
    this.process = process
    this.exitCode = exitCode
  }
}

/** Of a service that has something to say about its settings (EX_CONFIG). */
const settingsExitCode = 78

export const isAboutSettings = (error: unknown): error is StartFailed =>
  error instanceof StartFailed && error.exitCode === settingsExitCode

/** What several processes have to say about their settings. */
export class SettingsRefused extends Error {
  override readonly name = 'SettingsRefused'

  constructor(failures: readonly StartFailed[]) {
    super(failures.map(({ message }) => message).join('\n'))
  }
}
