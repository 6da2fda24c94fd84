/** What CORS must know of a path: its methods, and whether its answer is for everybody. Mere pages are for no other origin. */
import type { Route as OwnRoute } from '@latchkey/runtime/http'
import { createIsPage, createRouteMatcher, type Route } from '../domain/routes.ts'

export interface PathDescription {
  methods: readonly string[]
  publicDocument: boolean
  ownCors: boolean
}

/** Undefined for a path that no route has, and for mere pages. @see draft OAuth 2.1 §3.1 */
export const createDescribePath = (routes: readonly Route[], ownRoutes: readonly OwnRoute[]) => {
  const matchPublic = createRouteMatcher(routes.filter(route => route.publicDocument === true))
  const matchOwnCors = createRouteMatcher(routes.filter(route => route.ownCors === true))
  const match = createRouteMatcher(routes)
  const isMerePage = createIsPage(routes.filter(route => route.forApplications !== true))
  const own = new Set(ownRoutes.map(({ path }) => path))
  return (path: string): PathDescription | undefined => {
    if (own.has(path)) return { methods: ['GET', 'HEAD', 'OPTIONS'], publicDocument: false, ownCors: false }
    if (isMerePage(path)) return undefined
    // No route answers TRACE, so the refusal names the methods of the path.
    const found = match('TRACE', path)
    if (found.outcome !== 'wrong_method') return undefined
    return {
      methods: found.allowed,
      publicDocument: matchPublic('GET', path).outcome === 'matched',
      ownCors: matchOwnCors('TRACE', path).outcome !== 'unknown',
    }
  }
}
