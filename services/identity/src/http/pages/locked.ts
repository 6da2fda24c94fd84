/** What pages say where too many attempts failed: 429, `Retry-After`, and the minutes to wait in a sentence of theirs. */
import type { Response } from '@latchkey/runtime/http'
import { fill } from '@latchkey/ui'
import { refusals } from '../refusals.ts'
import type { FormProblem } from './form-problem.ts'

export interface Locked {
  readonly retryAfterSeconds: number
}

/** `phrase` has a place for `{minutes}`. */
export const sayWait = (phrase: string, { retryAfterSeconds }: Locked): string =>
  fill(phrase, { minutes: String(Math.ceil(retryAfterSeconds / 60)) })

/** Sets the headers of the answer; gives its status and what the page says. */
export const answerLocked = (res: Response, phrase: string, locked: Locked): FormProblem => {
  const { status, headers } = refusals.locked(locked)
  res.set(headers)
  return { status, text: sayWait(phrase, locked) }
}
