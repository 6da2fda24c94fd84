/**
 * What becomes of authorization requests, as operators see it: each outcome is counted, and each refusal is a log line
 * that names the client, where the answer went, and why. An error that went by redirect is in no access log.
 */
import { OAuthError } from '@latchkey/oauth'
import type { Logger } from '@latchkey/runtime/logger'
import type { AuthorizationResponse } from '../authorize/response.ts'

export interface WatchAuthorizationsDeps {
  /** `code`, `sign_in`, `step_up`, `organization`, `consent`, `undecided`, `resume`, `held`, or the error. */
  readonly count: (outcome: string) => void
  readonly logger: Pick<Logger, 'info'>
}

interface Watched {
  readonly outcome: string
  readonly response?: AuthorizationResponse
}

export interface RefusedRequest {
  readonly clientId?: string | undefined
  readonly redirectUri?: string | undefined
}

/** Part of every silent sign-in and of a user's no: nothing to look into. */
const ordinary: readonly unknown[] = ['login_required', 'consent_required', 'access_denied']

const longest = 200

/** Without its query, where applications keep what is nobody's business. */
const shown = (uri: string | undefined) => uri?.split('?')[0]?.slice(0, longest)

export const createWatchAuthorizations = ({ count, logger }: WatchAuthorizationsDeps) => {
  const refused = (error: string, description: string | undefined, of: RefusedRequest): void => {
    count(error)
    if (ordinary.includes(error)) return
    const members = {
      oauth_error: error,
      error_description: description,
      client_id: of.clientId?.slice(0, longest),
      redirect_uri: shown(of.redirectUri),
    }
    logger.info(members, 'an authorization request was refused')
  }

  /** `describe` says whose request it was where no registered redirect URI is known. */
  return <Input, Result extends Watched>(
    useCase: (input: Input) => Promise<Result>,
    describe: (input: Input) => RefusedRequest = () => ({}),
  ) =>
    async (input: Input): Promise<Result> => {
      try {
        const result = await useCase(input)
        const { outcome, response } = result
        const { error, error_description: description } = response?.parameters ?? {}
        if (response !== undefined && error !== undefined) refused(error, description, response.target)
        else count(response === undefined ? outcome : 'code')
        return result
      } catch (error) {
        if (error instanceof OAuthError) refused(error.error, error.description, describe(input))
        throw error
      }
    }
}
