/**
 * Errors of the OAuth endpoints and of the well-known documents have OAuth's shape; all others are problem details.
 *
 * @see RFC 6749 §5.2 for the members, RFC 6749 §4.1.2.1 for the codes that a server may answer beyond them
 */
import { errorDescriptionOf, type Problem } from '../problem/index.ts'
import { type RenderProblem, sendProblem } from './errors.ts'

// Each error that an OAuth endpoint answers has a section there.
const documentation = 'https://latchkey.dev/docs/troubleshooting'

const oauthPaths = /^\/(?:oauth|\.well-known)(?:\/|$)/

const errorOf = ({ status, oauthError }: Problem): string => {
  if (oauthError !== undefined) return oauthError
  if (status === 429) return 'too_many_requests'
  if (status === 503) return 'temporarily_unavailable'
  return status >= 500 ? 'server_error' : 'invalid_request'
}

/** Writes a problem as the clients of its path read it. */
export const renderProblemByPath: RenderProblem = (problem, req, res) => {
  if (!oauthPaths.test(req.path)) return sendProblem(problem, req, res)
  res
    .status(problem.status)
    .set({ ...problem.headers, 'Cache-Control': 'no-store' })
    .json({
      error: errorOf(problem),
      error_description: errorDescriptionOf(problem.detail),
      error_uri: `${documentation}#${errorOf(problem)}`,
    })
}
