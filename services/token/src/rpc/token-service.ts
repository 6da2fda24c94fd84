/** latchkey.token.v1.TokenService: messages in, use cases, messages out. */
import { fromTimestamp, type TokenHandlers } from '@latchkey/contracts'
import { RpcError } from '@latchkey/runtime/grpc'
import { isUuid } from '@latchkey/runtime/ids'
import type { SessionId, UserId } from '../domain/ids.ts'
import type { Subject } from '../domain/subject.ts'
import type { DeleteSubject } from '../usecases/delete-subject.ts'
import type { IssueTokens } from '../usecases/issue-tokens.ts'
import type { UpdateSubject } from '../usecases/update-subject.ts'

export interface TokenServiceDeps {
  readonly issueTokens: IssueTokens
  readonly updateSubject: UpdateSubject
  readonly deleteSubject: DeleteSubject
}

const invalid = (field: string) =>
  new RpcError('INVALID_SUBJECT', 'INVALID_ARGUMENT', `${field} is missing or invalid`, {
    metadata: { field },
  })

const parseId = <Id extends string>(text: string, field: string): Id => {
  if (!isUuid(text)) throw invalid(field)
  return text as Id
}

interface SubjectMessage {
  readonly userId: string
  readonly email: string
  readonly emailVerified: boolean
  readonly name: string
  readonly version: number
}

const parseSubject = (message: SubjectMessage | null): Subject => {
  if (message === null) throw invalid('subject')
  if (message.email === '') throw invalid('subject.email')
  const { email, emailVerified, name, version } = message
  return { userId: parseId<UserId>(message.userId, 'subject.user_id'), email, emailVerified, name, version }
}

export const createTokenService = ({
  issueTokens,
  updateSubject,
  deleteSubject,
}: TokenServiceDeps): TokenHandlers => ({
  issueTokens: async request => {
    const sessionEndsAt = fromTimestamp(request.sessionEndsAt)
    const authenticatedAt = fromTimestamp(request.authenticatedAt)
    if (sessionEndsAt === undefined) throw invalid('session_ends_at')
    if (authenticatedAt === undefined) throw invalid('authenticated_at')
    return issueTokens({
      subject: parseSubject(request.subject),
      sessionId: parseId<SessionId>(request.sessionId, 'session_id'),
      sessionEndsAt,
      authenticatedAt,
      authenticationMethods: request.authenticationMethods,
    })
  },
  updateSubject: async request => {
    await updateSubject(parseSubject(request.subject))
    return {}
  },
  deleteSubject: async request => {
    await deleteSubject(parseId<UserId>(request.userId, 'user_id'))
    return {}
  },
})
