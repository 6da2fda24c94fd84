/** RFC 9457: what every refusal of the first-party API looks like. */
import type { Answer } from './call.ts'

export interface AnsweredProblem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly request_id: string
  readonly errors?: readonly { readonly field: string; readonly message: string; readonly code: string }[]
}

const codes = /^[A-Z][A-Z_]+$/

/** The problem in an answer. @throws Error that says what keeps the answer from being one */
export const problemIn = (answer: Answer): AnsweredProblem => {
  const problem: Partial<AnsweredProblem> = Object(answer.json)
  const wrong = Object.entries({
    'content-type': answer.headers['content-type'] === 'application/problem+json',
    'cache-control': answer.headers['cache-control'] === 'no-store',
    type:
      problem.type === `https://latchkey.dev/problems/${problem.code?.toLowerCase().replaceAll('_', '-')}`,
    title: isText(problem.title),
    status: problem.status === answer.status,
    code: codes.test(problem.code ?? ''),
    detail: isText(problem.detail),
    request_id: isText(problem.request_id) && problem.request_id === answer.headers['x-request-id'],
    errors: (problem.errors ?? []).every(
      each => isText(each.message) && isText(each.code) && typeof each.field === 'string',
    ),
  }).flatMap(([member, isRight]) => (isRight ? [] : [member]))
  if (wrong.length === 0) return problem as AnsweredProblem
  throw new Error(`no problem as RFC 9457 has it (${wrong.join(', ')}): ${answer.status} ${answer.text}`)
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

/** `field: code` of each field that was refused. */
export const refusedFields = (answer: Answer): readonly string[] =>
  (problemIn(answer).errors ?? []).map(({ field, code }) => `${field}: ${code}`)

/** What is wrong with a refusal; undefined where it is as it must be. */
export const wrongWith = (answer: Answer, statuses: readonly number[]): string | undefined => {
  if (!statuses.includes(answer.status)) return `${answer.status} ${answer.text.slice(0, 200)}`
  try {
    problemIn(answer)
  } catch (error) {
    return String(error)
  }
  return undefined
}
