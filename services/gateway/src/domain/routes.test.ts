import { describe, expect, it } from '@jest/globals'
import { routes } from '../routes.ts'
import { createIsForPeople, createIsPage, createRouteMatcher } from './routes.ts'

const match = createRouteMatcher(routes)

describe('routes', () => {
  it('finds a route by its exact path and method', () => {
    expect(match('POST', '/auth/login')).toMatchObject({
      outcome: 'matched',
      route: { upstream: 'identity', limit: 'login' },
    })
    expect(match('DELETE', '/auth/sessions/0198')).toMatchObject({
      outcome: 'matched',
      route: { path: '/auth/sessions/:id' },
    })
    expect(match('GET', '/.well-known/oauth-authorization-server/tenant')).toMatchObject({
      outcome: 'matched',
    })
  })

  it.each([
    ['/login', 'login'],
    ['/register', 'register'],
    ['/forgot-password', 'password_reset'],
  ])('counts the form of %s as what it does, and a look at it as anything else', (path, limit) => {
    expect(match('POST', path)).toMatchObject({ outcome: 'matched', route: { limit } })
    expect(match('GET', path)).toMatchObject({ outcome: 'matched', route: { limit: 'default' } })
  })

  it('answers HEAD where there is GET', () => {
    expect(match('HEAD', '/auth/me')).toMatchObject({ outcome: 'matched' })
    expect(match('HEAD', '/auth/login')).toMatchObject({ outcome: 'wrong_method' })
  })

  it('names the methods of a path that was asked with another', () => {
    expect(match('PUT', '/auth/sessions')).toEqual({
      outcome: 'wrong_method',
      allowed: ['GET', 'DELETE', 'HEAD', 'OPTIONS'],
      limit: 'default',
    })
  })

  it('knows no path that only resembles a route', () => {
    for (const path of [
      '/auth/Login',
      '/auth/login/',
      '//auth/login',
      '/auth/%6cogin',
      '/auth/./login',
      '/x/../auth/login',
      '/auth/login;a=b',
      '/auth/sessions/',
      '/auth/sessions/a/b',
      '/.well-known',
      '/auth',
      '',
    ]) {
      expect({ path, ...match('POST', path) }).toEqual({ path, outcome: 'unknown' })
    }
  })
})

describe('pages', () => {
  const isPage = createIsPage(routes)

  it.each(['/login', '/account/sign-out', '/oauth/authorize', '/oauth/consent', '/oauth/device'])(
    '%s is one',
    path => {
      expect(isPage(path)).toBe(true)
    },
  )

  it.each(['/auth/login', '/oauth/token', '/.well-known/jwks.json', '/login/', '/'])('%s is none', path => {
    expect(isPage(path)).toBe(false)
  })
})

describe('paths where people read the refusal', () => {
  const isForPeople = createIsForPeople(routes, ['/', '/health', '/auth/health'])

  it.each([
    '/account',
    '/oauth/consent',
    '/acount',
    '/login/',
    '/Account',
    '/authentication',
    '/favicon',
    '//',
  ])('%s is one', path => {
    expect(isForPeople(path)).toBe(true)
  })

  it.each([
    '/',
    '/health',
    '/assets/login.js',
    '/auth',
    '/auth/nothing',
    '/auth/me',
    '/oauth/',
    '/oauth/tokn',
    '/admin',
    '/admin/api/nothing',
    '/.well-known',
    '/.well-known/nothing',
  ])('%s is none', path => {
    expect(isForPeople(path)).toBe(false)
  })
})
