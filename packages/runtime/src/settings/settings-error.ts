/** Everything that is wrong with the settings, at once. Messages name settings and rules, never values. */

export interface SettingProblem {
  readonly name: string
  /** What is wrong and what would be right. */
  readonly message: string
}

export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly reason = 'invalid_settings'
  readonly problems: readonly SettingProblem[]

  constructor(problems: readonly SettingProblem[]) {
    super(problems.map(({ name, message }) => `${name}: ${message}`).join('\n'))
    this.problems = problems
  }
}
