import { describe, expect, it } from '@jest/globals'
import { createContext, withContext } from '../context/index.ts'
import {
  internalError,
  methodNotAllowed,
  Problem,
  retryAfter,
  tooManyRequests,
  toProblemJson,
  unauthorized,
  validationFailed,
} from './index.ts'

describe('RFC 9457: problems', () => {
  it('have a stable type, a title, a status, a detail, a code and the request id', () => {
    const problem = new Problem({ status: 409, code: 'EMAIL_EXISTS', detail: 'This address is taken' })
    expect(toProblemJson(problem, 'request-1')).toEqual({
      type: 'https://latchkey.dev/problems/email-exists',
      title: 'Email exists',
      status: 409,
      detail: 'This address is taken',
      code: 'EMAIL_EXISTS',
      request_id: 'request-1',
    })
  })

  it('know the request that they belong to', () => {
    const context = createContext({ requestId: 'request-2' })
    expect(withContext(context, () => toProblemJson(internalError())).request_id).toBe('request-2')
    expect(toProblemJson(internalError())).not.toHaveProperty('request_id')
  })

  it('keep their cause from the wire', () => {
    const problem = internalError(new Error('hunter2'))
    expect(problem.cause).toBeInstanceOf(Error)
    expect(JSON.stringify(toProblemJson(problem))).not.toContain('hunter2')
  })

  it('name the fields that are wrong', () => {
    const errors = [{ field: 'email', message: 'is required', code: 'required' }]
    expect(toProblemJson(validationFailed(errors)).errors).toEqual(errors)
  })

  it('may have members of their own, which never stand in for the others', () => {
    const extensions = { mfa_token: 'opaque', status: 200 }
    const problem = new Problem({ status: 401, code: 'MFA_REQUIRED', detail: 'A second factor', extensions })
    expect(toProblemJson(problem)).toMatchObject({ mfa_token: 'opaque', status: 401, code: 'MFA_REQUIRED' })
  })

  it('carry the headers that their status asks for', () => {
    expect(methodNotAllowed(['GET', 'HEAD']).headers).toEqual({ Allow: 'GET, HEAD' })
    expect(unauthorized('Invalid token').headers).toEqual({
      'WWW-Authenticate': 'Bearer error="invalid_token", error_description="Invalid token"',
    })
    expect(tooManyRequests('Account temporarily locked', 1800, 'ACCOUNT_LOCKED')).toMatchObject({
      status: 429,
      code: 'ACCOUNT_LOCKED',
      headers: { 'Retry-After': '1800' },
    })
  })
})

describe('RFC 9110 §10.2.3: Retry-After', () => {
  it.each([
    [0, '1'],
    [-3, '1'],
    [0.2, '1'],
    [12.1, '13'],
  ])('rounds %d seconds up, to one at least', (seconds, header) => {
    expect(retryAfter(seconds)).toBe(header)
  })
})

describe('RFC 9110 §15.5.2: 401', () => {
  it('challenges whoever is refused as unauthenticated, in words of its own where it has some', () => {
    const refused = { status: 401, code: 'INVALID_CREDENTIALS', detail: 'Invalid email or password' }
    expect(new Problem(refused).headers).toEqual({ 'WWW-Authenticate': 'Bearer realm="latchkey"' })
    const own = { 'WWW-Authenticate': 'Bearer error="invalid_token"' }
    expect(new Problem({ ...refused, headers: own }).headers).toEqual(own)
    expect(new Problem({ ...refused, status: 403 }).headers).toEqual({})
    expect(new Problem({ ...refused, oauthError: 'invalid_client' }).headers).toEqual({})
  })
})
