/** Answers preflights and marks answers for the origins that may read them. */
import type { RequestHandler } from 'express'
import { type CorsPolicy, corsHeaders, preflightHeaders } from '../domain/cors.ts'

export interface CorsDeps {
  policy: CorsPolicy
  /** The methods of a path, and whether it is a document for everybody; undefined where there is no such path. */
  describePath: (path: string) => { methods: readonly string[]; publicDocument: boolean } | undefined
}

const everybody: CorsPolicy = { origins: ['*'] }

export const createCors =
  ({ policy, describePath }: CorsDeps): RequestHandler =>
  (req, res, next) => {
    // Caches must keep answers to different origins apart, also when this one carries no Origin.
    res.vary('Origin')
    const origin = req.get('origin')
    const described = origin === undefined ? undefined : describePath(req.path)
    if (origin === undefined || described === undefined) return next()
    const applicable = described.publicDocument ? everybody : policy
    if (req.method === 'OPTIONS' && req.get('access-control-request-method') !== undefined) {
      res
        .set(preflightHeaders(applicable, origin, described.methods))
        .status(204)
        .end()
      return
    }
    res.set(corsHeaders(applicable, origin))
    next()
  }
