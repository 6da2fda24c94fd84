/** What a public route is, and how a request finds its own. */
import type { LimitBucket } from './rate-limits.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Upstream = 'identity' | 'token' | 'session'

export interface Route {
  methods: readonly Method[]
  /** Literal segments, `:name` for one segment, a last `*` for one or more. */
  path: string
  upstream: Upstream
  /** `required`: 401 here without a valid bearer of a live session; `optional`: the same for a bearer that is not good. */
  bearer: 'required' | 'optional' | 'none'
  limit: LimitBucket
  /** Whether people look at it: refusals are pages for them, and no script of another origin has any business with it. */
  page?: boolean
  /** Whether applications call such a path as well, those in browsers included: scripts of CORS_ORIGINS may read answers. */
  forApplications?: boolean
  /** Whether the service says which origins may read its answers, and answers preflights: it knows its clients. */
  ownCors?: boolean
  /** Whether any origin may read the answer: documents that are public by their nature. */
  publicDocument?: boolean
  /** Whether a request that is refused as invalid is given back to the budget. */
  refundInvalid?: boolean
}

export type RouteMatch =
  | { outcome: 'matched'; route: Route }
  | { outcome: 'wrong_method'; allowed: readonly string[]; limit: LimitBucket }
  | { outcome: 'unknown' }

const matches = (pattern: readonly string[], segments: readonly string[]): boolean => {
  const open = pattern.at(-1) === '*'
  if (open ? segments.length < pattern.length : segments.length !== pattern.length) return false
  return pattern.every(
    (part, index) =>
      part === '*' || (part.startsWith(':') ? segments[index] !== '' : part === segments[index]),
  )
}

/** HEAD is GET without a body; OPTIONS is no route's, but answered for all of a path. */
const answers = (route: Route, method: string) =>
  route.methods.some(known => known === method || (known === 'GET' && method === 'HEAD'))

const allowedMethods = (routes: readonly Route[]): string[] => {
  const methods = new Set<string>(routes.flatMap(route => route.methods))
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods, 'OPTIONS']
}

/** Builds the matcher of a table. Paths are compared as they were sent: no case folding, no decoding. */
export const createRouteMatcher = (table: readonly Route[]) => {
  const compiled = table.map(route => ({ route, pattern: route.path.split('/') }))
  const candidatesFor = (path: string): readonly Route[] => {
    const segments = path.split('/')
    return compiled.filter(({ pattern }) => matches(pattern, segments)).map(({ route }) => route)
  }
  // Most paths are literal, and found without looking at a pattern.
  const literal = new Map(table.map(({ path }) => [path, candidatesFor(path)]))

  return (method: string, path: string): RouteMatch => {
    const candidates = literal.get(path) ?? candidatesFor(path)
    const [first] = candidates
    if (first === undefined) return { outcome: 'unknown' }
    const route = candidates.find(candidate => answers(candidate, method))
    return route
      ? { outcome: 'matched', route }
      : { outcome: 'wrong_method', allowed: allowedMethods(candidates), limit: first.limit }
  }
}

const createIsRoute = (table: readonly Route[]) => {
  const match = createRouteMatcher(table)
  return (path: string): boolean => match('GET', path).outcome !== 'unknown'
}

/** Builds the test for paths that people look at, whatever the method. */
export const createIsPage = (table: readonly Route[]) =>
  createIsRoute(table.filter(route => route.page === true))

/** Where programs come: a path below that leads nowhere is a mistake of theirs. */
const ofPrograms = /^\/(?:auth|oauth|admin|\.well-known)(?:\/|$)/

/** Builds the test for paths where a refusal is read by people: pages, and what somebody may have mistyped. */
export const createIsForPeople = (table: readonly Route[], ownPaths: readonly string[]) => {
  const isPage = createIsPage(table)
  const isRoute = createIsRoute(table)
  const own = new Set(ownPaths)
  return (path: string): boolean => isPage(path) || !(isRoute(path) || own.has(path) || ofPrograms.test(path))
}
