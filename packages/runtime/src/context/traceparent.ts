/** The `traceparent` header of W3C Trace Context, level 1. Anything malformed counts as absent. */
import { randomSlice } from '../ids/random-slice.ts'

export interface TraceParent {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string
  /** 16 lower-case hex digits, not all zero: the caller's span. */
  readonly spanId: string
  /** Two hex digits; the lowest bit says that the caller may have recorded the trace. */
  readonly flags: string
}

const format = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** Reads a header value; undefined where it is missing or malformed. @see W3C Trace Context §3.2.2 */
export const parseTraceparent = (header: string | undefined): TraceParent | undefined => {
  const match = header === undefined ? null : format.exec(header.trim())
  const [, version, traceId, spanId, flags, rest] = match ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  // Version 00 ends after the flags; a later version may add fields, which are ignored.
  if (version === '00' && rest !== undefined) return undefined
  return { traceId, spanId, flags }
}

export const formatTraceparent = ({ traceId, spanId, flags }: TraceParent): string =>
  `00-${traceId}-${spanId}-${flags}`

const randomHex = (bytes: number): string => randomSlice(bytes).toString('hex')

export const createTraceId = (): string => randomHex(16)

export const createSpanId = (): string => randomHex(8)
