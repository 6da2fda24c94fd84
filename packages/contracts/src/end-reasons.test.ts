import { describe, expect, it } from '@jest/globals'
import { endReasons, fromEndReason, sessionServiceDefinition, toEndReason } from './index.ts'

describe('the reasons for which sessions end', () => {
  it.each(endReasons)('%s has the same name in protobuf', reason => {
    const { requestSerialize, requestDeserialize } = sessionServiceDefinition.EndSession
    const received = requestDeserialize(requestSerialize({ reason: toEndReason(reason) }))
    expect(fromEndReason(received.reason)).toBe(reason)
  })

  it('are undefined where none was sent', () => {
    expect(fromEndReason('END_REASON_UNSPECIFIED')).toBeUndefined()
  })
})
