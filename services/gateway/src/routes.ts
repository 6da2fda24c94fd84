/**
 * Every public route and what the gateway does for it before it is passed on. What is not here does not exist.
 * The gateway's own answers (/auth/health, /health, /metrics) are in http/.
 */
import type { Route } from './domain/routes.ts'

export const routes: readonly Route[] = [
  {
    methods: ['POST'],
    path: '/auth/register',
    upstream: 'identity',
    bearer: 'none',
    limit: 'register',
    refundInvalid: true,
  },
  { methods: ['POST'], path: '/auth/login', upstream: 'identity', bearer: 'none', limit: 'login' },
  {
    methods: ['GET', 'PATCH', 'DELETE'],
    path: '/auth/me',
    upstream: 'identity',
    bearer: 'required',
    limit: 'default',
  },
  { methods: ['PUT'], path: '/auth/password', upstream: 'identity', bearer: 'required', limit: 'default' },
  {
    methods: ['POST'],
    path: '/auth/password/reset',
    upstream: 'identity',
    bearer: 'none',
    limit: 'password_reset',
  },
  {
    methods: ['POST'],
    path: '/auth/password/reset/confirm',
    upstream: 'identity',
    bearer: 'none',
    limit: 'default',
  },
  {
    methods: ['GET', 'POST'],
    path: '/reset-password',
    upstream: 'identity',
    bearer: 'none',
    limit: 'default',
  },

  { methods: ['POST'], path: '/auth/refresh', upstream: 'token', bearer: 'none', limit: 'refresh' },
  // The token service authenticates clients and bearers itself: the gateway streams and parses nothing.
  { methods: ['GET', 'POST'], path: '/oauth/authorize', upstream: 'token', bearer: 'none', limit: 'default' },
  { methods: ['GET'], path: '/oauth/resume', upstream: 'token', bearer: 'none', limit: 'default' },
  { methods: ['GET', 'POST'], path: '/oauth/consent', upstream: 'token', bearer: 'none', limit: 'default' },
  { methods: ['GET', 'POST'], path: '/oauth/device', upstream: 'token', bearer: 'none', limit: 'default' },
  { methods: ['GET', 'POST'], path: '/oauth/logout', upstream: 'token', bearer: 'none', limit: 'default' },
  { methods: ['POST'], path: '/oauth/token', upstream: 'token', bearer: 'none', limit: 'default' },
  { methods: ['POST'], path: '/oauth/par', upstream: 'token', bearer: 'none', limit: 'default' },
  { methods: ['POST'], path: '/oauth/introspect', upstream: 'token', bearer: 'none', limit: 'default' },
  { methods: ['POST'], path: '/oauth/revoke', upstream: 'token', bearer: 'none', limit: 'default' },
  {
    methods: ['POST'],
    path: '/oauth/device_authorization',
    upstream: 'token',
    bearer: 'none',
    limit: 'default',
  },
  { methods: ['GET', 'POST'], path: '/oauth/userinfo', upstream: 'token', bearer: 'none', limit: 'default' },
  { methods: ['POST'], path: '/oauth/register', upstream: 'token', bearer: 'none', limit: 'default' },
  {
    methods: ['GET', 'PUT', 'DELETE'],
    path: '/oauth/register/:client_id',
    upstream: 'token',
    bearer: 'none',
    limit: 'default',
  },
  {
    methods: ['GET'],
    path: '/.well-known/*',
    upstream: 'token',
    bearer: 'none',
    limit: 'default',
    publicDocument: true,
  },

  { methods: ['POST'], path: '/auth/logout', upstream: 'session', bearer: 'required', limit: 'default' },
  {
    methods: ['GET', 'DELETE'],
    path: '/auth/sessions',
    upstream: 'session',
    bearer: 'required',
    limit: 'default',
  },
  {
    methods: ['DELETE'],
    path: '/auth/sessions/:id',
    upstream: 'session',
    bearer: 'required',
    limit: 'default',
  },
]
