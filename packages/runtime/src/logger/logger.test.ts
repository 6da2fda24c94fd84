import { describe, expect, it } from '@jest/globals'
import { createContext, withContext } from '../context/index.ts'
import { createLogger, type LogLevel } from './logger.ts'

const capture = (level: LogLevel = 'INFO') => {
  const lines: string[] = []
  const logger = createLogger({ service: 'token', level, destination: { write: line => lines.push(line) } })
  const last = (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '{}')
  return { logger, lines, last }
}

const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'
const refreshToken = 'lkr_mF_9.B5f-4.1JqMh0FXQ2WpzXn7r5kJ6'.replaceAll('.', '')
const secrets = ['Tr0ub4dor&3', jwt, refreshToken, '493817', 'john.smith@example.com']
const expectNoSecret = (lines: readonly string[]) => {
  for (const secret of secrets) expect(lines.join('')).not.toContain(secret)
}

describe('a log line', () => {
  it('is one JSON object with the members that operators search by', () => {
    const { logger, lines, last } = capture()
    logger.info({ duration_ms: 12.5 }, 'served')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^\{.*\}\n$/)
    expect(last()).toEqual({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: 'INFO',
      service: 'token',
      message: 'served',
      duration_ms: 12.5,
    })
  })

  it('carries the request and the trace that it belongs to', () => {
    const { logger, last } = capture()
    const context = createContext({ requestId: 'request-1234' })
    withContext(context, () => logger.warn('slow'))
    expect(last()).toMatchObject({
      level: 'WARN',
      request_id: 'request-1234',
      trace_id: context.traceId,
      span_id: context.spanId,
    })
  })

  it('is left out below the level', () => {
    const { logger, lines } = capture('WARN')
    logger.info('no')
    logger.debug('no')
    logger.error('yes')
    expect(lines).toHaveLength(1)
  })
})

describe('errors in log lines', () => {
  it('have a type, a message, a reason, a stack and a cause, and nothing else', () => {
    const { logger, last } = capture()
    const cause = Object.assign(new TypeError('connection refused'), { code: 'ECONNREFUSED', port: 5432 })
    logger.error({ error: new Error('no answer', { cause }) }, 'check failed')
    expect(last().error).toEqual({
      type: 'Error',
      message: 'no answer',
      stack: expect.stringContaining('logger.test.ts'),
      cause: {
        type: 'TypeError',
        message: 'connection refused',
        reason: 'ECONNREFUSED',
        stack: expect.any(String),
      },
    })
  })

  it('may be given in place of the members', () => {
    const { logger, last } = capture()
    logger.error(new RangeError('out of reach'), 'failed')
    expect(last()).toMatchObject({
      message: 'failed',
      error: { type: 'RangeError', message: 'out of reach' },
    })
  })

  it('may cause each other in a circle', () => {
    const { logger, last } = capture()
    const first = new Error('first')
    first.cause = new Error('second', { cause: first })
    logger.error({ error: first }, 'failed')
    expect(last()).toMatchObject({ error: { message: 'first', cause: { message: 'second' } } })
  })

  it('may be anything that was thrown', () => {
    const { logger, last } = capture()
    logger.error({ error: 'just text' }, 'failed')
    expect(last().error).toEqual({ type: 'string', message: 'just text' })
  })
})

describe('secrets in log lines', () => {
  it('are hidden by the names of their members, at any depth and in any spelling', () => {
    const { logger, lines, last } = capture()
    logger.info(
      {
        password: 'Tr0ub4dor&3',
        request: { headers: { Authorization: 'Tr0ub4dor&3', 'Set-Cookie': ['Tr0ub4dor&3'] } },
        users: [{ newPassword: 'Tr0ub4dor&3', mfa_code: 'kept', user_code: '493817', code: 493817 }],
        client_secret: { value: 'Tr0ub4dor&3' },
        token: null,
      },
      'planted',
    )
    expectNoSecret(lines)
    expect(last()).toMatchObject({ password: '[redacted]', token: null, users: [{ code: '[redacted]' }] })
  })

  it('are hidden wherever text looks like one', () => {
    const { logger, lines } = capture()
    const texts = [
      `token ${jwt} refused`,
      `Bearer ${refreshToken}`,
      `raw ${refreshToken}`,
      'GET /reset-password?token=Tr0ub4dor&3',
      'postgresql://latchkey:Tr0ub4dor&3@localhost:5432/latchkey',
      'mail to <john.smith@example.com> bounced',
    ]
    for (const text of texts) {
      logger.info(text)
      logger.info({ note: text }, text)
      logger.info({ list: new Set([text]), map: new Map([['note', text]]) }, 'nested')
      logger.child({ note: text }).info('child')
    }
    expectNoSecret(lines)
  })

  it('are hidden in errors, their causes, their stacks and what libraries hang on them', () => {
    const { logger, lines, last } = capture()
    const driver = Object.assign(new Error(`duplicate john.smith@example.com ${jwt}`), {
      detail: 'Key (email)=(john.smith@example.com) already exists.',
      command: { name: 'set', args: [refreshToken] },
      code: '23505',
    })
    const outer = new Error('postgresql://role:Tr0ub4dor&3@db/latchkey is away', { cause: driver })
    logger.error({ error: outer }, 'failed')
    logger.error({ nested: { error: outer } }, 'failed')
    logger.error({ error: new AggregateError([driver], refreshToken) }, 'failed')
    logger.error(outer, outer.message)
    expectNoSecret(lines)
    expect(last()).toMatchObject({ error: { cause: { reason: '23505' } } })
  })

  it('leave addresses recognisable and ordinary text alone', () => {
    const { logger, last } = capture()
    logger.info(
      { email_verified: true, token_type: 'Bearer', user: 'john.smith@example.com', at: new Date(0) },
      'router@2.3.0 served a Basic plan',
    )
    expect(last()).toMatchObject({
      message: 'router@2.3.0 served a Basic plan',
      email_verified: true,
      token_type: 'Bearer',
      user: 'j***@example.com',
      at: '1970-01-01T00:00:00.000Z',
    })
  })

  it('take no noticeable time to find, however the text is made', () => {
    const { logger } = capture()
    const hostile = [
      'eyJ-'.repeat(50_000),
      'a'.repeat(200_000),
      'a@'.repeat(100_000),
      'x://a:'.repeat(40_000),
    ]
    const startedMs = performance.now()
    for (const text of hostile) logger.info({ text }, text)
    expect(performance.now() - startedMs).toBeLessThan(5_000)
  })
})

describe('values that JSON does not know', () => {
  it('are written in a form that it does', () => {
    const { logger, last } = capture()
    const circle: Record<string, unknown> = {
      size: 10n,
      bytes: new Uint8Array(3),
      url: new URL('https://a.example/x?code=s3cr3tvalue'),
    }
    circle.self = circle
    logger.info({ circle }, 'odd')
    expect(last().circle).toMatchObject({
      size: '10',
      bytes: '[3 bytes]',
      url: 'https://a.example/x?code=[redacted]',
    })
  })
})
