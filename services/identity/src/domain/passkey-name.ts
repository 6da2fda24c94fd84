/** What users call a passkey of theirs, to tell it from the others. The rules are those of a person's name. */
import type { Brand } from '@latchkey/runtime/ids'
import { parseUserName } from './user-name.ts'
import { accepted, type Checked } from './violation.ts'

export type PasskeyName = Brand<string, 'PasskeyName'>

export const parsePasskeyName = (text: string): Checked<PasskeyName> => {
  const checked = parseUserName(text)
  return checked.outcome === 'refused' ? checked : accepted(checked.value as string as PasskeyName)
}

/** Where none is given. */
export const plainPasskeyName = 'Passkey' as PasskeyName
