/** A process that can't be brought up, with the last lines that it wrote: what the person in front needs. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed'
  readonly process: string

  constructor(process: string, reason: string, lastLines: readonly string[]) {
    super([`${process} ${reason}`, ...lastLines.map(line => `  ${line}`)].join('\n'))
    this.process = process
  }
}
