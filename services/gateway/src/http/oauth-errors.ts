/**
 * Errors of the OAuth endpoints and of the well-known documents have OAuth's shape; all others are problem details.
 *
 * @see RFC 6749 §5.2 for the members, RFC 6749 §4.1.2.1 for the codes that a server may answer beyond them
 */

import { type RenderProblem, sendProblem } from '@latchkey/runtime/http'
import type { Problem } from '@latchkey/runtime/problem'

const oauthPaths = /^\/(?:oauth|\.well-known)(?:\/|$)/

const errorOf = ({ status }: Problem): string => {
  if (status === 429) return 'too_many_requests'
  if (status === 503) return 'temporarily_unavailable'
  return status >= 500 ? 'server_error' : 'invalid_request'
}

export const renderProblem: RenderProblem = (problem, req, res) => {
  if (!oauthPaths.test(req.path)) return sendProblem(problem, req, res)
  res
    .status(problem.status)
    .set({ ...problem.headers, 'Cache-Control': 'no-store' })
    .json({ error: errorOf(problem), error_description: problem.detail })
}
