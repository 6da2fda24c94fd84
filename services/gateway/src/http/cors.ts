/**
 * Answers preflights and marks answers for the origins that may read them. Where the service behind does so itself, only
 * what the gateway refuses on the way is marked here, for everybody: there is nothing in a 429 that is not for all.
 */
import type { Before, Response } from '@latchkey/runtime/http'
import { type CorsPolicy, corsHeaderNames, corsHeaders, preflightHeaders } from '../domain/cors.ts'
import type { PathDescription } from './path-descriptions.ts'

export interface CorsDeps {
  policy: CorsPolicy
  /** The methods of a path, and whether it is a document for everybody; undefined where there is no such path. */
  describePath: (path: string) => PathDescription | undefined
}

const everybody: CorsPolicy = { origins: ['*'] }

export const createCors =
  ({ policy, describePath }: CorsDeps): Before =>
  (req, res) => {
    // Caches must keep answers to different origins apart, also when this one carries no Origin.
    res.vary('Origin')
    const origin = req.get('origin')
    const described = origin === undefined ? undefined : describePath(req.path)
    if (origin === undefined || described === undefined) return false
    if (described.ownCors) {
      res.set(corsHeaders(everybody, origin))
      return false
    }
    const applicable = described.publicDocument ? everybody : policy
    if (req.method === 'OPTIONS' && req.get('access-control-request-method') !== undefined) {
      res
        .set(preflightHeaders(applicable, origin, described.methods))
        .status(204)
        .end()
      return true
    }
    res.set(corsHeaders(applicable, origin))
    return false
  }

/** Leaves it to the service from here on. */
export const leaveCorsToService = (res: Response): void => {
  for (const name of corsHeaderNames) res.removeHeader(name)
}
