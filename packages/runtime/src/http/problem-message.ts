/** A problem as headers and bytes, for answers that are given before there is an application. */
import { createUuid } from '../ids/index.ts'
import { type Problem, toProblemJson } from '../problem/index.ts'
import { type SecurityHeadersInit, securityHeadersOf } from './security-headers.ts'

/** The connection ends with the answer. */
export const problemMessage = (
  problem: Problem,
  browsers: SecurityHeadersInit = {},
): { headers: Record<string, string>; body: string } => {
  const requestId = createUuid()
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
