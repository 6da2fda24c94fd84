/** /admin/api/tokens/decode: what a token stands for. In a body, so that it stands in no log of a proxy. */
import { readJson } from '@latchkey/runtime/http'
import { Problem } from '@latchkey/runtime/problem'
import { z } from 'zod'
import type { ExplainedToken, ExplainToken } from '../usecases/explain-token.ts'
import type { AdminRoute } from './admin-access.ts'

export interface AdminTokensDeps {
  readonly explainToken: ExplainToken
}

const body = z.strictObject({
  token: z.string({ error: 'must be text' }).min(1, 'must not be empty').max(8_192, 'is too long'),
})

const unknown = () =>
  new Problem({
    status: 404,
    code: 'TOKEN_NOT_FOUND',
    detail: 'This installation has not issued such a token, or has removed it since',
  })

const toJson = (explained: Exclude<ExplainedToken, { kind: 'unknown' }>) => {
  if (explained.kind === 'access_token')
    return { kind: explained.kind, state: explained.state, claims: explained.claims }
  const { kind, state, record, session } = explained
  return {
    kind,
    state,
    subject: record.subject,
    session_id: record.sessionId,
    session,
    family: record.familyId,
    client_id: record.clientId,
    scope: record.scope,
    offline: record.isOffline,
    expires_at: record.expiresAt.toISOString(),
    rotated_at: record.rotatedAt?.toISOString() ?? null,
    ended_at: record.endedAt?.toISOString() ?? null,
    end_reason: record.endReason ?? null,
  }
}

export const createAdminTokenRoutes = ({ explainToken }: AdminTokensDeps): readonly AdminRoute[] => [
  {
    method: 'POST',
    path: '/admin/api/tokens/decode',
    scope: 'admin:sessions:read',
    handler: async (req, res) => {
      const { token } = await readJson(req, body)
      const explained = await explainToken(token)
      if (explained.kind === 'unknown') throw unknown()
      res.json(toJson(explained))
    },
  },
]
