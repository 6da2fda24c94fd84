/**
 * The table of routes: a method, a path pattern, a handler. HEAD follows GET; a path that is known under other
 * methods answers OPTIONS with them, and everything else with 405. @see RFC 9110 §9.3.7, §15.5.6
 */
import type { Express, Request, Response } from 'express'
import { methodNotAllowed } from '../problem/index.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Reads the request, calls a use case, ends the answer; what it throws becomes a problem. */
export type Handler = (req: Request, res: Response) => Promise<void> | void

export interface Route {
  readonly method: Method
  /** An express 5 path pattern: `/auth/sessions/:id`. */
  readonly path: string
  readonly handler: Handler
}

const routes = new WeakMap<Response, string>()
const allowed = new WeakMap<Response, Set<string>>()

/** The pattern of the route that answers; undefined before one is found. */
export const routeOf = (res: Response): string | undefined => routes.get(res)

/** Names the route for logs and metrics, where something other than the table answers, such as a proxy. */
export const setRoute = (res: Response, pattern: string): void => {
  routes.set(res, pattern)
}

/** Mounts the table. Two patterns may fit one path: methods of both are allowed, and the first one serves. */
export const mountRoutes = (app: Express, table: readonly Route[]): void => {
  for (const { method, path, handler } of table) {
    app[verbOf(method)](path, async (req: Request, res: Response) => {
      routes.set(res, path)
      await handler(req, res)
    })
  }
  for (const [path, methods] of methodsByPath(table)) {
    app.all(path, (_req, res, next) => {
      if (!routes.has(res)) routes.set(res, path)
      const known = allowed.get(res) ?? new Set()
      allowed.set(res, new Set([...known, ...methods]))
      next()
    })
  }
  app.use((req, res, next) => {
    const methods = allowed.get(res)
    if (methods === undefined) return next()
    const allow = [...methods].sort()
    if (req.method !== 'OPTIONS') throw methodNotAllowed(allow)
    res.status(204).setHeader('Allow', allow.join(', ')).end()
  })
}

const verbs = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const

const verbOf = (method: Method) => verbs[method]

const methodsByPath = (table: readonly Route[]): Map<string, ReadonlySet<string>> => {
  const byPath = new Map<string, Set<string>>()
  for (const { method, path } of table) {
    const methods = byPath.get(path) ?? new Set(['OPTIONS'])
    methods.add(method)
    if (method === 'GET') methods.add('HEAD')
    byPath.set(path, methods)
  }
  return byPath
}
