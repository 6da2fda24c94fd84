/** The rows of docs/settings.md, out of the same schemas that check the environment. */
import { defaultOf, descriptionOf, isRequired, isSecret, type SettingsShape } from './schema.ts'

export interface SettingRow {
  readonly name: string
  readonly description: string
  readonly required: boolean
  /** As it would be written in the environment; undefined where there is none. */
  readonly default: string | undefined
  /** A secret may also come from the file that `NAME_FILE` names. */
  readonly secret: boolean
}

export const describeSettings = (shape: SettingsShape): readonly SettingRow[] =>
  Object.entries(shape).map(([name, schema]) => ({
    name,
    description: descriptionOf(schema) ?? '',
    required: isRequired(schema),
    default: defaultOf(schema),
    secret: isSecret(schema),
  }))
