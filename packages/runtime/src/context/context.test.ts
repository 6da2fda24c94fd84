import { describe, expect, it } from '@jest/globals'
import { createContext, currentContext, parseTraceparent, propagationHeaders, withContext } from './index.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

describe('W3C Trace Context §3.2: traceparent', () => {
  it('is read as trace id, parent span and flags', () => {
    expect(parseTraceparent(`00-${traceId}-${spanId}-01`)).toEqual({ traceId, spanId, flags: '01' })
  })

  it('may have more fields in a later version, and none in this one', () => {
    expect(parseTraceparent(`cc-${traceId}-${spanId}-01-more`)).toMatchObject({ traceId })
    expect(parseTraceparent(`00-${traceId}-${spanId}-01-more`)).toBeUndefined()
  })

  it.each([
    undefined,
    '',
    'nonsense',
    `ff-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-0`,
  ])('counts as absent when it is malformed: %s', header => {
    expect(parseTraceparent(header)).toBeUndefined()
  })
})

describe('a request context', () => {
  it('continues the trace of the caller with a span of its own', () => {
    const context = createContext({ traceparent: `00-${traceId}-${spanId}-00` })
    expect(context.traceId).toBe(traceId)
    expect(context.spanId).not.toBe(spanId)
    expect(context.traceparent).toBe(`00-${traceId}-${context.spanId}-00`)
  })

  it('begins a trace where there is none', () => {
    const { traceparent } = createContext()
    expect(parseTraceparent(traceparent)).toMatchObject({ flags: '01' })
  })

  it('never repeats a trace or a span', () => {
    const contexts = Array.from({ length: 2_000 }, () => createContext())
    expect(new Set(contexts.map(({ traceId }) => traceId)).size).toBe(2_000)
    expect(new Set(contexts.map(({ spanId }) => spanId)).size).toBe(2_000)
  })

  it.each(['7', 'req-123', '01890f5e-7b1c-7def-8a3b-1234567890ab', 'A.b_c-1234'])(
    'keeps the request id %s',
    requestId => {
      expect(createContext({ requestId }).requestId).toBe(requestId)
    },
  )

  it.each([
    undefined,
    '',
    'a'.repeat(129),
    'with space',
    'line\nbreak',
    '<script>alert</script>',
    ['abcdefgh'],
  ])('replaces what is not a request id: %j', requestId => {
    const made = createContext({ requestId }).requestId
    expect(made).not.toEqual(requestId)
    expect(createContext({ requestId: made }).requestId).toBe(made)
  })

  it('is current through awaits, and apart from those of requests beside it', async () => {
    const seen = await Promise.all(
      ['request-a', 'request-b'].map(requestId =>
        withContext(createContext({ requestId }), async () => {
          await new Promise(resolve => setTimeout(resolve, 5))
          return currentContext()?.requestId
        }),
      ),
    )
    expect(seen).toEqual(['request-a', 'request-b'])
    expect(currentContext()).toBeUndefined()
  })

  it('is sent on as headers, and nothing is sent outside of a request', () => {
    const context = createContext({ requestId: 'request-1' })
    expect(withContext(context, propagationHeaders)).toEqual({
      'x-request-id': 'request-1',
      traceparent: context.traceparent,
    })
    expect(propagationHeaders()).toEqual({})
  })
})
