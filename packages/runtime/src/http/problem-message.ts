/** A problem as headers and bytes, for answers that are given before there is an application. */
import { createUuid } from '../ids/index.ts'
import { type Problem, toProblemJson } from '../problem/index.ts'
import { type SecurityHeadersInit, securityHeadersOf } from './security-headers.ts'

export interface ProblemMessageInit extends SecurityHeadersInit {
  /** What the log knows the request by; one of its own where nothing is logged. */
  readonly requestId?: string
}

/** The connection ends with the answer. */
export const problemMessage = (
  problem: Problem,
  { requestId = createUuid(), ...browsers }: ProblemMessageInit = {},
): { headers: Record<string, string>; body: string } => {
  const body = JSON.stringify(toProblemJson(problem, requestId))
  return {
    headers: {
      ...Object.fromEntries(securityHeadersOf(browsers)),
      ...problem.headers,
      'X-Request-Id': requestId,
      'Content-Type': 'application/problem+json',
      'Content-Length': String(Buffer.byteLength(body)),
      Connection: 'close',
    },
    body,
  }
}
