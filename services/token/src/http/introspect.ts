/** POST /oauth/introspect. @see RFC 7662, RFC 9701 */
import type { Route } from '@latchkey/runtime/http'
import { introspectionJwtType } from '../domain/introspection.ts'
import type { IntrospectToken } from '../usecases/introspect-token.ts'
import { readClientRequest } from './client-request.ts'

export interface IntrospectRoutesDeps {
  readonly introspectToken: IntrospectToken
}

export const createIntrospectRoutes = ({ introspectToken }: IntrospectRoutesDeps): readonly Route[] => [
  {
    method: 'POST',
    path: '/oauth/introspect',
    handler: async (req, res) => {
      const answer = await introspectToken(await readClientRequest(req), req.headers.accept ?? '')
      if (answer.format === 'json') res.json(answer.body)
      else res.setHeader('Content-Type', introspectionJwtType).end(answer.body)
    },
  },
]
