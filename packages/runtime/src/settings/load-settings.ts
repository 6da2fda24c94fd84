/**
 * Turns the environment into one frozen, typed object, or reports every problem at once. An empty variable
 * counts as unset. A secret may come from the file that `NAME_FILE` names (a mounted Kubernetes secret).
 */
import { readFileSync } from 'node:fs'
import { isNativeError } from 'node:util/types'
import type { z } from 'zod'
import { descriptionOf, isSecret, type SettingsOf, type SettingsShape } from './schema.ts'
import { type SettingProblem, SettingsError } from './settings-error.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** @throws SettingsError listing each setting that is missing or wrong, without any value. */
export const loadSettings = <Shape extends SettingsShape>(
  shape: Shape,
  env: Environment,
): SettingsOf<Shape> => {
  const problems: SettingProblem[] = []
  const values: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(shape)) {
    const text = readText(name, schema, env)
    if ('problem' in text) {
      problems.push({ name, message: text.problem })
      continue
    }
    const parsed = schema.safeParse(text.value)
    if (parsed.success) values[name] = parsed.data
    else problems.push({ name, message: explain(schema, text.value, parsed.error) })
  }
  if (problems.length > 0) throw new SettingsError(problems)
  return deepFreeze(values) as SettingsOf<Shape>
}

type Text = { value: string | undefined } | { problem: string }

const readText = (name: string, schema: z.ZodType, env: Environment): Text => {
  const value = env[name] || undefined
  const file = env[`${name}_FILE`] || undefined
  if (file === undefined || !isSecret(schema)) return { value }
  if (value !== undefined) return { problem: `is set twice; set either ${name} or ${name}_FILE` }
  try {
    // Editors and `kubectl create secret --from-file` leave a line end behind.
    return { value: readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined }
  } catch (error) {
    const reason = isNativeError(error) && 'code' in error ? error.code : 'unreadable'
    return { problem: `the file that ${name}_FILE names can't be read (${reason})` }
  }
}

const explain = (schema: z.ZodType, value: string | undefined, error: z.ZodError): string => {
  const wrong =
    value === undefined ? 'is required and not set' : error.issues.map(issue => issue.message).join('; ')
  const description = descriptionOf(schema)
  return description === undefined ? wrong : `${wrong} (${description})`
}

const deepFreeze = <Value>(value: Value): Value => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value) && !ArrayBuffer.isView(value)) {
    for (const member of Object.values(value)) deepFreeze(member)
    Object.freeze(value)
  }
  return value
}
