/**
 * The table of routes: a method, a path pattern, a handler. HEAD follows GET; a path that is known under other
 * methods answers OPTIONS with them, and everything else with 405. @see RFC 9110 §9.3.7, §15.5.6
 */
import { badRequest, methodNotAllowed } from '../problem/index.ts'
import type { Request, Response } from './messages.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Reads the request, calls a use case, ends the answer; what it throws becomes a problem. */
export type Handler = (req: Request, res: Response) => Promise<void> | void

export interface Route {
  readonly method: Method
  /** Literal segments, or `:name` for one segment of any text: `/auth/sessions/:id`. Case and slashes count. */
  readonly path: string
  readonly handler: Handler
}

/** Names the route for logs and metrics, where something other than the table answers, such as a proxy. */
export const setRoute = (res: Response, pattern: string): void => {
  res.route = pattern
}

interface Entry {
  /** Two patterns may fit one path: methods of both are allowed, and the first one serves. */
  readonly fitting: readonly Route[]
  readonly allow: readonly string[]
}

/** Gives the handler of the whole table; false where no route has the path. */
export const createRouteTable = (table: readonly Route[]) => {
  const patterns = table.map(route => ({ route, segments: route.path.split('/') }))
  const open = patterns.filter(({ route }) => hasParameters(route))

  const entryFor = (path: string, candidates: typeof patterns): Entry | undefined => {
    const segments = path.split('/')
    const fitting = candidates.filter(each => fits(each.segments, segments)).map(({ route }) => route)
    return fitting.length === 0 ? undefined : { fitting, allow: allowedMethods(fitting) }
  }

  // Most paths are literal, and found without looking at a pattern.
  const literal = new Map(
    table.filter(route => !hasParameters(route)).map(({ path }) => [path, entryFor(path, patterns)]),
  )

  return (req: Request, res: Response): Promise<void> | void | false => {
    const entry = literal.get(req.path) ?? entryFor(req.path, open)
    if (entry === undefined) return false
    const method = req.method === 'HEAD' ? 'GET' : req.method
    const route = entry.fitting.find(each => each.method === method)
    res.route = (route ?? entry.fitting[0])?.path
    if (route !== undefined) {
      if (hasParameters(route)) req.params = parametersOf(route.path, req.path)
      return route.handler(req, res)
    }
    if (req.method !== 'OPTIONS') throw methodNotAllowed(entry.allow)
    res.status(204).setHeader('Allow', entry.allow.join(', ')).end()
  }
}

const hasParameters = ({ path }: Route): boolean => path.includes(':')

const fits = (pattern: readonly string[], segments: readonly string[]): boolean =>
  pattern.length === segments.length &&
  pattern.every((part, index) => (part.startsWith(':') ? segments[index] !== '' : part === segments[index]))

const allowedMethods = (routes: readonly Route[]): string[] => {
  const methods = new Set<string>(routes.map(({ method }) => method)).add('OPTIONS')
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods].sort()
}

const parametersOf = (pattern: string, path: string): Record<string, string> => {
  const segments = path.split('/')
  const named = pattern.split('/').flatMap((part, index) => {
    if (!part.startsWith(':')) return []
    try {
      return [[part.slice(1), decodeURIComponent(segments[index] ?? '')] as const]
    } catch {
      throw badRequest('The path is not valid percent-encoded UTF-8', 'MALFORMED_PATH')
    }
  })
  return Object.fromEntries(named)
}
