/** Takes an answer from a server that somebody else chose, or refuses it. */
import { errors } from 'undici'
import { OutboundError } from './outbound-error.ts'

interface Answer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: { arrayBuffer(): Promise<ArrayBuffer> }
}

export interface AnswerLimits {
  readonly contentTypes: readonly string[] | undefined
  readonly maxBytes: number
}

const mediaTypeOf = (contentType: string | string[] | undefined): string =>
  String(contentType ?? '')
    .split(';')[0]
    ?.trim()
    .toLowerCase() ?? ''

/** @throws OutboundError */
export const readOutboundBody = async (
  { statusCode, headers, body }: Answer,
  { contentTypes, maxBytes }: AnswerLimits,
): Promise<Buffer> => {
  if (statusCode >= 300 && statusCode < 400)
    throw new OutboundError('answer', 'The server answered with a redirect, which is not followed')
  if (String(headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new OutboundError('answer', 'The server’s answer is encoded although that was not asked for')
  const mediaType = mediaTypeOf(headers['content-type'])
  if (statusCode === 200 && contentTypes !== undefined && !contentTypes.includes(mediaType))
    throw new OutboundError('answer', `The server’s answer must be ${contentTypes.join(' or ')}`)
  try {
    return Buffer.from(await body.arrayBuffer())
  } catch (error) {
    if (error instanceof errors.ResponseExceededMaxSizeError)
      throw new OutboundError('answer', `The server’s answer is longer than ${maxBytes} bytes`, {
        cause: error,
      })
    throw error
  }
}
